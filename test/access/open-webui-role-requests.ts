import { randomUUID } from 'node:crypto';
import { adminPassword } from '../support/test-server.js';
import type { Scene } from './scene.js';
import type { Cast } from './cast.js';
import type { Wish } from './role-requests.js';

const read: Wish = () => ({ scope: 'prompts:read' });
const write =
  (json?: object): Wish =>
  () => ({ scope: 'prompts:write', json });
const form = ({ name }: Scene) => ({ command: name, name: 'A name', content: 'Changed.' });
const renamed = (scene: Scene) => ({ ...form(scene), command: `renamed-${scene.name}` });

/** Ids of the scene's two entries, of which the first is live; of one that is nowhere ids of nothing. */
async function entriesOf({ id }: Scene, { server }: Cast): Promise<{ live: string; draft: string }> {
  const { rows } = await server.database.pool.query<{ id: string }>(
    'select id from revision where prompt_id = $1 order by number',
    [id],
  );
  return { live: rows[0]?.id ?? randomUUID(), draft: rows[1]?.id ?? randomUUID() };
}

/** What is asked of the operations on commands, which act in the organization. */
export const openWebUiRoleRequests: Readonly<Record<string, Wish>> = {
  getSessionUser: () => ({}),
  signIn: (_scene, { owner }) => ({ json: { email: owner.email, password: adminPassword } }),
  signUp: () => {
    const name = `newcomer-${randomUUID()}`;
    return { json: { name, email: `${name}@example.com`, password: 'a good password' } };
  },
  signOut: () => ({}),
  listShareableGroups: read,
  searchUsers: read,
  listCommands: read,
  listCommandTags: read,
  searchCommands: read,
  getCommand: read,
  getCommandByName: ({ name }) => ({ scope: 'prompts:read', values: { command: name } }),
  createCommand: () => ({ scope: 'prompts:write', json: { ...form({ name: `made-${randomUUID()}` } as Scene) } }),
  updateCommand: (scene) => ({ scope: 'prompts:write', json: form(scene) }),
  'updateCommand grants': (scene) => {
    const everybody = { principal_type: 'user', principal_id: '*', permission: 'read' };
    return { scope: 'prompts:write', json: { ...form(scene), access_grants: [everybody] } };
  },
  'updateCommand renamed unpublished': (scene) => ({ scope: 'prompts:write', json: renamed(scene) }),
  'updateCommand draft renamed unpublished': (scene) => {
    return { scope: 'prompts:write', json: { ...renamed(scene), is_production: false } };
  },
  'updateCommandMeta renamed unpublished': (scene) => ({ scope: 'prompts:write', json: renamed(scene) }),
  updateCommandMeta: (scene) => ({ scope: 'prompts:write', json: form(scene) }),
  setCommandVersion: async (scene, cast) => {
    return { scope: 'prompts:write', json: { version_id: (await entriesOf(scene, cast)).draft } };
  },
  shareCommand: write({ access_grants: [] }),
  toggleCommand: write(),
  deleteCommand: write(),
  'deleteCommand unpublished': write(),
  listCommandHistory: read,
  getHistoryEntry: async (scene, cast) => {
    return { scope: 'prompts:read', values: { hid: (await entriesOf(scene, cast)).live } };
  },
  deleteHistoryEntry: async (scene, cast) => {
    return { scope: 'prompts:write', values: { hid: (await entriesOf(scene, cast)).draft } };
  },
  diffHistoryEntries: async (scene, cast) => {
    const { live, draft } = await entriesOf(scene, cast);
    return { scope: 'prompts:read', query: `?from_id=${live}&to_id=${draft}` };
  },
};
