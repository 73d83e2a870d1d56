import type { ApiAnswer } from '../support/api.js';
import { type DocumentedError, type ErrorExample, errorsOf, isConductors, isOpenWebUis, mismatches, operations } from './document.js';
import { genericRecipes, specialRecipes } from './recipes/recipes.js';
import { send, type TestServers, startServers } from './servers/test-servers.js';

let setting: TestServers;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  setting = await startServers((stop) => stops.push(stop));
}, 120_000);
afterAll(() => Promise.all(stops.map((stop) => stop())));

const documented = operations.flatMap(errorsOf);
const genericName = ({ status, name }: DocumentedError) => `${status} ${name}`;
const specialName = (error: DocumentedError) => `${error.operation.id} ${genericName(error)}`;

it('has a recipe for every documented error, and no other recipe', () => {
  const bySpecial = documented.filter((error) => specialName(error) in specialRecipes);
  const byGeneric = documented.filter((error) => !bySpecial.includes(error));
  expect(bySpecial.map(specialName).sort()).toEqual(Object.keys(specialRecipes).sort());
  expect([...new Set(byGeneric.map(genericName))].sort()).toEqual(Object.keys(genericRecipes).sort());
});

it.each(documented.map((error) => ({ name: specialName(error), error })))('$name', async ({ error }) => {
  const answer = await provoke(error);
  expect({ status: answer.status, body: whatIsFixed(error, answer.body) }).toEqual({
    status: error.status,
    body: whatIsFixed(error, error.example),
  });
  expect(mismatches(error.operation, answer)).toEqual([]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it.each([...new Set(operations.map(({ path }) => path))])('%s answers a method that it does not have', async (path) => {
  const concrete = path.replaceAll(/[{}]/g, '');
  const here = methodsAt(concrete);
  const expected = [...here, ...(here.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
  const url = setting.fixtures.server.url + concrete;
  const other = ['PUT', 'PATCH', 'POST'].find((method) => !here.includes(method));
  const [refused, asked] = [await fetch(url, { method: other }), await fetch(url, { method: 'OPTIONS' })];
  const message = 'method not allowed';
  const ofRegistry = isConductors({ path }) ? { status: 405, message, retryable: false } : { error: 'METHOD_NOT_ALLOWED', message };
  const body = isOpenWebUis({ path }) ? { detail: 'Method Not Allowed' } : ofRegistry;
  expect([refused.status, await refused.json()]).toEqual([405, expect.objectContaining(body)]);
  expect([asked.status, await asked.text()]).toEqual([204, '']);
  expect([refused.headers.get('allow'), asked.headers.get('allow')]).toEqual([expected, expected]);
});

it.each([
  ['listVersions', 'failed to fetch versions'],
  ['downloadVersion', 'failed to generate download url'],
])('%s names the documented 500 to callers with a token too', async (id, message) => {
  const { server, requests } = setting.withoutDatabase;
  const answer = await send(server, id, { options: {}, ...requests[id], token: server.adminKey });
  expect([answer.status, answer.body.message, answer.headers.get('retry-after')]).toEqual([500, message, '2']);
});

/** The fields of an error's body that are the same each time, without details of the request or of the server. */
function whatIsFixed({ name, example }: DocumentedError, { details: _, instance: _host, ...body }: ErrorExample) {
  const { detail } = body;
  if (Array.isArray(detail)) return { detail: 'one for each problem' };
  if (typeof detail === 'string') return { detail: detail.split(': ')[0] };
  const isReason = example.message !== undefined && example.message !== name;
  return isReason ? { ...body, message: body.message === '' || body.message === name ? body.message : 'a reason' } : body;
}

/** Of every path that this one can be taken for: `/v1/prompts/publish` could be a prompt by its id. */
function methodsAt(concrete: string): string[] {
  const matching = operations.filter(({ path }) => {
    return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(concrete);
  });
  return [...new Set(matching.map(({ method }) => method.toUpperCase()))];
}

function provoke(error: DocumentedError): Promise<ApiAnswer> {
  const recipe = specialRecipes[specialName(error)] ?? genericRecipes[genericName(error)];
  if (!recipe) throw new Error('there is no recipe');
  return recipe(setting, error.operation);
}
