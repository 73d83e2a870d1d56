import { credentials, operations } from '../openapi/document.js';
import { type ApiAnswer, call } from '../support/api.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { type Actor, actors, assemble, type Cast } from './cast.js';
import { requests } from './role-requests.js';
import { type Row, rows, rowsFor } from './role-table.js';
import { aScene, type Scene } from './scene.js';

interface Route {
  readonly method: string;
  readonly path: string;
}

let server: TestServer;
let cast: Cast;
let routes: Map<string, Route>;
beforeAll(async () => {
  server = await startTestServer({ ALLOW_SIGNUP: 'true', LOGIN_ATTEMPTS_PER_MINUTE: '1000' });
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
  const { method = '', path: pattern = '' } = route ?? {};
  const token = pattern.startsWith('/api/') ? cast.boundTokenOf(actor, scope) : cast.tokenOf(actor, scope);
  return call(server, method, `${path}${query}`, { ...wish, ...credentials({ path: pattern }, token) });
}

function sceneFor({ operation, prompt }: Row): Promise<Scene> {
  return aScene(server, cast, {
    visibility: prompt === 'private' ? 'private' : 'public',
    isDeleted: operation === 'restorePrompt',
    hasVersion: !operation.endsWith(' unpublished'),
  });
}

it('has a row for every operation of the server', () => {
  const inTable = new Set(rows.map(({ operation }) => routeOf(operation)));
  expect([...inTable].sort()).toEqual([...routes.keys()].sort());
});

it('has a row for public and for private prompts where the operation is about one', () => {
  const aboutPrompts = [...routes]
    .filter(([, { path }]) => /^\/(v1|api)\/prompts\/\{|^\/api\/v1\/prompts\/id\//.test(path))
    .map(([name]) => name);
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

  // The clients of the other protocols are told that they may not read: names are known to those who act in one owner.
  const others = new Set(operations.filter(({ path }) => path.startsWith('/api/')).map(({ id }) => id));
  const blindRows = rowsFor('private').filter(({ operation }) => !others.has(routeOf(operation)));

  it.each(blindRows)('by $operation', async (row) => {
    for (const actor of blindActors) {
      const [hidden, nothing] = [await sceneFor(row), await aScene(server, cast, 'nothing')];
      const [ofHidden, ofNothing] = [await ask(row.operation, actor, hidden), await ask(row.operation, actor, nothing)];
      expect({ actor, ...seen(ofHidden, hidden) }).toEqual({ actor, ...seen(ofNothing, nothing) });
    }
  });
});
