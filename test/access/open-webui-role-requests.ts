import { randomUUID } from 'node:crypto';
import { adminPassword } from '../support/test-server.js';
import type { PromptFixture } from './prompt-fixture.js';
import type { AccessActors } from './access-actors.js';
import type { RequestBuilder } from './role-requests.js';

const read: RequestBuilder = () => ({ scope: 'prompts:read' });
const write =
  (json?: object): RequestBuilder =>
  () => ({ scope: 'prompts:write', json });
const form = ({ name }: PromptFixture) => ({ command: name, name: 'A name', content: 'Changed.' });
const renamed = (prompt: PromptFixture) => ({ ...form(prompt), command: `renamed-${prompt.name}` });

/** Ids of the scene's two entries, of which the first is live; of one that is nowhere ids of nothing. */
async function entriesOf({ id }: PromptFixture, { server }: AccessActors): Promise<{ live: string; draft: string }> {
  const { rows } = await server.database.pool.query<{ id: string }>(
    'select id from revision where prompt_id = $1 order by number',
    [id],
  );
  return { live: rows[0]?.id ?? randomUUID(), draft: rows[1]?.id ?? randomUUID() };
}

/** The requests to the operations on commands, which act in the organization. */
export const openWebUiRoleRequests: Readonly<Record<string, RequestBuilder>> = {
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
  createCommand: () => ({
    scope: 'prompts:write',
    json: { ...form({ name: `made-${randomUUID()}` } as PromptFixture) },
  }),
  updateCommand: (prompt) => ({ scope: 'prompts:write', json: form(prompt) }),
  'updateCommand grants': (prompt) => {
    const signedInUsers = { principal_type: 'user', principal_id: '*', permission: 'read' };
    return { scope: 'prompts:write', json: { ...form(prompt), access_grants: [signedInUsers] } };
  },
  'updateCommand renamed unpublished': (prompt) => ({ scope: 'prompts:write', json: renamed(prompt) }),
  'updateCommand draft renamed unpublished': (prompt) => {
    return { scope: 'prompts:write', json: { ...renamed(prompt), is_production: false } };
  },
  'updateCommandMeta renamed unpublished': (prompt) => ({ scope: 'prompts:write', json: renamed(prompt) }),
  updateCommandMeta: (prompt) => ({ scope: 'prompts:write', json: form(prompt) }),
  setCommandVersion: async (prompt, accessActors) => {
    return { scope: 'prompts:write', json: { version_id: (await entriesOf(prompt, accessActors)).draft } };
  },
  shareCommand: write({ access_grants: [] }),
  toggleCommand: write(),
  deleteCommand: write(),
  'deleteCommand unpublished': write(),
  listCommandHistory: read,
  getHistoryEntry: async (prompt, accessActors) => {
    return { scope: 'prompts:read', values: { hid: (await entriesOf(prompt, accessActors)).live } };
  },
  deleteHistoryEntry: async (prompt, accessActors) => {
    return { scope: 'prompts:write', values: { hid: (await entriesOf(prompt, accessActors)).draft } };
  },
  diffHistoryEntries: async (prompt, accessActors) => {
    const { live, draft } = await entriesOf(prompt, accessActors);
    return { scope: 'prompts:read', query: `?from_id=${live}&to_id=${draft}` };
  },
};
