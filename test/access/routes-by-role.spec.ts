import type { Scope } from '../../src/common/http/access.decorator.js';
import { type ApiAnswer, type ApiCall, call } from '../support/api.js';
import { versionForm } from '../support/form.js';
import { aGroup } from '../support/grants.js';
import { packageOf } from '../support/packages.js';
import { aUser, join } from '../support/people.js';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.js';
import { type Actor, actors, aScene, assemble, type Cast, type Scene } from './cast.js';

interface Request extends ApiCall {
  /** The scope that the operation asks for, where it asks for one. */
  readonly scope?: Scope;
  /** `{id}` of the path, where it is no prompt's. */
  readonly id?: string;
  /** Other parameters of the path that are no prompt's. */
  readonly values?: Readonly<Record<string, string>>;
  /** Text that is made anew each time. */
  readonly query?: string;
}

type Wish = (scene: Scene, cast: Cast) => Request | Promise<Request>;

const read: Wish = () => ({ scope: 'prompts:read' });
let count = 0;
const fresh = (word: string) => `${word}-${(count += 1)}`;

/** What is asked of each operation. A note behind the name tells two rows of one operation apart. */
const requests: Record<string, Wish> = {
  searchPrompts: ({ name }) => ({ scope: 'prompts:read', query: `?q=${name}` }),
  getPromptById: read,
  getPrompt: read,
  listVersions: read,
  getVersion: read,
  downloadVersion: read,
  getDownloads: read,
  getDownloadsCsv: read,
  updatePrompt: () => ({ scope: 'prompts:write', json: { description: 'Changed.' } }),
  'updatePrompt visibility': () => ({ scope: 'prompts:write', json: { visibility: 'public' } }),
  'updatePrompt contract': () => ({ scope: 'prompts:write', json: { enforce_variable_contract: true } }),
  deletePrompt: () => ({ scope: 'prompts:write' }),
  'deletePrompt unpublished': () => ({ scope: 'prompts:write' }),
  restorePrompt: () => ({ scope: 'admin' }),
  uploadVersion: async ({ name }) => {
    const archive = await packageOf({ name, version: '1.1.0' });
    return { scope: 'versions:publish', ...versionForm('1.1.0', archive) };
  },
  listPromptAuditEntries: read,
  getPromptAuditCsv: read,
  listGrants: read,
  setGrants: () => ({
    scope: 'prompts:write',
    json: { items: [{ principal_type: 'user', principal: '*', permission: 'read' }] },
  }),
  createPrompt: (_scene, { organization }) => {
    return { scope: 'prompts:write', json: { name: fresh('made'), description: '', owner: organization.slug } };
  },
  publishPrompt: () => ({ scope: 'versions:publish', json: { name: fresh('pub'), description: '', content: 'Hi.' } }),
  login: (_scene, { owner }) => ({ json: { username: owner.username, password: adminPassword } }),
  createApiKey: () => ({ json: { name: 'k', scopes: ['prompts:read'] } }),
  'createApiKey bound': ({ id }) => ({ json: { name: 'k', scopes: ['prompts:read'], prompt: id } }),
  listApiKeys: () => ({}),
  revokeApiKey: (_scene, { nobodysKeyId }) => ({ id: nobodysKeyId }),
  getMe: () => ({}),
  changePassword: () => ({ json: { current_password: 'not this one', new_password: adminPassword } }),
  createUser: () => {
    const username = fresh('new');
    return { scope: 'admin', json: { username, email: `${username}@example.com`, password: adminPassword } };
  },
  listUsers: () => ({ scope: 'admin' }),
  listAuditEntries: () => ({ scope: 'admin' }),
  getAuditCsv: () => ({ scope: 'admin' }),
  updateUser: (_scene, { owner }) => ({ scope: 'admin', id: owner.id, json: { role: 'user' } }),
  listGroups: read,
  createGroup: () => ({ scope: 'admin', json: { slug: fresh('group') } }),
  getGroup: async () => ({ scope: 'prompts:read', id: (await aGroup(server, [])).id }),
  updateGroup: async () => ({ scope: 'admin', id: (await aGroup(server, [])).id, json: { name: 'Changed' } }),
  deleteGroup: async () => ({ scope: 'admin', id: (await aGroup(server, [])).id }),
  addGroupMember: async (_scene, { owner }) => {
    return { scope: 'admin', id: (await aGroup(server, [])).id, values: { user: owner.username } };
  },
  removeGroupMember: async (_scene, { owner }) => {
    return { scope: 'admin', id: (await aGroup(server, [owner])).id, values: { user: owner.username } };
  },
  listOrganizations: read,
  createOrganization: () => ({ scope: 'prompts:write', json: { slug: fresh('organization') } }),
  getOrganization: (_scene, { organization: { slug } }) => ({ scope: 'prompts:read', values: { slug } }),
  updateOrganization: (_scene, { organization: { slug } }) => {
    return { scope: 'prompts:write', values: { slug }, json: { member_access: 'read' } };
  },
  setOrganizationMember: (_scene, { organization: { slug }, creator }) => {
    return { scope: 'prompts:write', values: { slug, user: creator.username }, json: { role: 'member' } };
  },
  removeOrganizationMember: async (_scene, { organization }) => {
    const leaving = await aUser(server);
    await join(server, organization, leaving);
    return { scope: 'prompts:write', values: { slug: organization.slug, user: leaving.username } };
  },
  getLiveness: () => ({}),
  getReadiness: () => ({}),
  getMetrics: () => ({}),
};

/* Columns: the actors in their order. The prompt belongs to an organization. */
const table = `
operation                 prompt   stranger wrong expired revoked unscoped elsewhere other member creator owner admin unscoped  reads writes group
searchPrompts             public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
searchPrompts             private  200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPromptById             public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPromptById             private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getPrompt                 public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPrompt                 private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
listVersions              public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
listVersions              private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getVersion                public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getVersion                private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
downloadVersion           public   302      401   401     401     403      302       302   302    302     302   302   302       302   302    302
downloadVersion           private  404      401   401     401     403      404       404   302    302     302   302   404       302   302    302
getDownloads              public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getDownloads              private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getDownloadsCsv           public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getDownloadsCsv           private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
updatePrompt              public   401      401   401     401     403      403       403   403    200     200   200   403       403   200    403
updatePrompt              private  401      401   401     401     403      404       404   403    200     200   200   404       403   200    403
updatePrompt visibility   public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
updatePrompt visibility   private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
updatePrompt contract     public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
updatePrompt contract     private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
deletePrompt              public   401      401   401     401     403      403       403   403    403     204   204   403       403   403    403
deletePrompt              private  401      401   401     401     403      404       404   403    403     204   204   404       403   403    403
deletePrompt unpublished  public   401      401   401     401     403      403       403   403    204     204   204   403       403   204    403
deletePrompt unpublished  private  401      401   401     401     403      404       404   403    204     204   204   404       403   204    403
restorePrompt             public   401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
restorePrompt             private  401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
uploadVersion             public   401      401   401     401     403      403       403   403    403     201   201   403       403   403    403
uploadVersion             private  401      401   401     401     403      404       404   403    403     201   201   404       403   403    403
listGrants                public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
listGrants                private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
setGrants                 public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
setGrants                 private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
listPromptAuditEntries    public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
listPromptAuditEntries    private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
getPromptAuditCsv         public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
getPromptAuditCsv         private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
createPrompt              any      401      401   401     401     403      403       403   403    403     201   201   403       403   403    403
publishPrompt             any      401      401   401     401     403      201       201   201    201     201   201   201       201   201    201
login                     any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
createApiKey              any      401      401   401     401     403      403       201   201    201     201   201   201       201   201    201
createApiKey bound        public   401      401   401     401     403      403       201   201    201     201   201   201       201   201    201
createApiKey bound        private  401      401   401     401     403      404       404   201    201     201   201   404       201   201    201
listApiKeys               any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
revokeApiKey              any      401      401   401     401     404      404       404   404    404     404   404   404       404   404    404
getMe                     any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
changePassword            any      401      401   401     401     401      401       401   401    401     401   401   401       401   401    401
createUser                any      401      401   401     401     403      403       403   403    403     403   201   403       403   403    403
listUsers                 any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
updateUser                any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listAuditEntries          any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
getAuditCsv               any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listGroups                any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
createGroup               any      401      401   401     401     403      403       403   403    403     403   201   403       403   403    403
getGroup                  any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
updateGroup               any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
deleteGroup               any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
addGroupMember            any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
removeGroupMember         any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
listOrganizations         any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
createOrganization        any      401      401   401     401     403      403       201   201    201     201   201   201       201   201    201
getOrganization           any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
updateOrganization        any      401      401   401     401     403      404       404   403    403     200   200   404       404   404    404
setOrganizationMember     any      401      401   401     401     403      404       404   403    403     204   204   404       404   404    404
removeOrganizationMember  any      401      401   401     401     403      404       404   403    403     204   204   404       404   404    404
getLiveness               any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
getReadiness              any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
getMetrics                any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
`;

interface Row {
  readonly operation: string;
  readonly prompt: 'public' | 'private' | 'any';
  readonly statuses: Record<Actor, number>;
}

const rows: Row[] = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, operation = '', prompt, statuses = ''] = /^(.*?) +(public|private|any) +(.*)$/.exec(line) ?? [];
    const byActor = statuses.split(/ +/).map((status, column) => [actors[column], Number(status)]);
    return { operation, prompt: prompt as Row['prompt'], statuses: Object.fromEntries(byActor) };
  });
const rowsFor = (prompt: string) => rows.filter((row) => row.prompt === prompt);

interface Route {
  readonly method: string;
  readonly path: string;
}

let server: TestServer;
let cast: Cast;
let routes: Map<string, Route>;
beforeAll(async () => {
  server = await startTestServer();
  cast = await assemble(server);
  routes = await documentedRoutes();
});
afterAll(() => server.stop());

async function documentedRoutes(): Promise<Map<string, Route>> {
  const { text } = await call(server, 'GET', '/openapi.json');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> };
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]): [string, Route] => {
      return [operationId, { method: method.toUpperCase(), path }];
    }),
  );
  return new Map(found);
}

const routeOf = (operation: string) => operation.split(' ', 1)[0] ?? '';

async function ask(operation: string, actor: Actor, scene: Scene): Promise<ApiAnswer> {
  const route = routes.get(routeOf(operation));
  const {
    scope = 'prompts:read',
    id = scene.id,
    values: others = {},
    query = '',
    ...wish
  } = (await requests[operation]?.(scene, cast)) ?? {};
  const values: Record<string, string> = { ...scene, id, ...others };
  const path = route?.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? '');
  const token = cast.tokenOf(actor, scope);
  return call(server, route?.method ?? '', `${path}${query}`, { ...wish, ...(token === undefined ? {} : { token }) });
}

function sceneFor({ operation, prompt }: Row): Promise<Scene> {
  return aScene(server, cast, {
    visibility: prompt === 'private' ? 'private' : 'public',
    isDeleted: operation === 'restorePrompt',
    hasVersion: operation !== 'deletePrompt unpublished',
  });
}

it('has a row for every operation of the server', () => {
  const inTable = new Set(rows.map(({ operation }) => routeOf(operation)));
  expect([...inTable].sort()).toEqual([...routes.keys()].sort());
});

it('has a row for public and for private prompts where the operation is about one', () => {
  const aboutPrompts = [...routes].filter(([, { path }]) => /^\/v1\/prompts\/\{/.test(path)).map(([name]) => name);
  for (const prompt of ['public', 'private']) {
    const covered = rowsFor(prompt).map(({ operation }) => routeOf(operation));
    expect(covered).toEqual(expect.arrayContaining(aboutPrompts));
  }
});

it.each(rows)('$operation of $prompt prompts answers each role as the table says', async (row) => {
  const answered: Partial<Record<Actor, number>> = {};
  for (const actor of actors) answered[actor] = (await ask(row.operation, actor, await sceneFor(row))).status;
  expect(answered).toEqual(row.statuses);
});

describe('a private prompt of somebody else cannot be told from none', () => {
  const blind = rows.find(({ operation, prompt }) => operation === 'getPrompt' && prompt === 'private');
  const blindActors = actors.filter((actor) => blind?.statuses[actor] !== 200);

  /** What a client can see of an answer, with the names of the two scenes made the same. */
  function seen({ status, headers, text }: ApiAnswer, { id, name }: Scene) {
    const body = text.replaceAll(id, '<id>').replaceAll(name, '<name>');
    return { status, body, headers: [...headers.keys()].sort() };
  }

  it('is about eight kinds of callers', () => {
    expect(blindActors).toHaveLength(8);
  });

  it.each(rowsFor('private'))('by $operation', async (row) => {
    for (const actor of blindActors) {
      const [hidden, nothing] = [await sceneFor(row), await aScene(server, cast, 'nothing')];
      const [ofHidden, ofNothing] = [await ask(row.operation, actor, hidden), await ask(row.operation, actor, nothing)];
      expect({ actor, ...seen(ofHidden, hidden) }).toEqual({ actor, ...seen(ofNothing, nothing) });
    }
  });
});
