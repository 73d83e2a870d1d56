import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../support/api.js';
import { openRawConnection, requestHead } from '../../../support/network/raw-http.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, list, pathOf, read, versions } from '../templates.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = await Promise.all([aUser(server), aUser(server)]);
});
afterAll(() => server.stop());

const bulk = (json: unknown, path = '/api/prompts') => ask(server, 'POST', path, alice.key, { json });
const isThere = async (name: string) => (await ask(server, 'GET', pathOf(name), alice.key)).status === 200;

const savedOf = async ({ key }: TestUser) => (await list(server, key)).length;

it.each(['/api/prompts', '/api/prompts/'])('saves each of a list: POST %s', async (path) => {
  const [one, two] = [`one ${path}`, `two ${path}`];
  const answer = await bulk(
    [
      { name: one, template: '"As \\n it is"', version: 1 },
      { name: two, template: 'Two', version: 3, description: 'D', temperature: 0.10000000149011612, topP: 0.5 },
      { name: one, template: 'Over' },
      { name: two, template: 'Low', version: 2, responseFormat: 'json', stopWords: ['END'], temperature: null },
    ],
    path,
  );
  expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0']);
  expect(await versions(server, alice.key, one)).toEqual([
    expect.objectContaining({ template: 'Over', version: 1, description: '' }),
  ]);
  expect(await versions(server, alice.key, two)).toMatchObject([
    {
      version: 3,
      template: 'Two',
      description: 'D',
      temperature: 0.10000000149011612,
      topP: 0.5,
      responseFormat: 'text',
    },
    { version: 2, template: 'Low', description: 'D', responseFormat: 'json', stopWords: ['END'] },
  ]);
});

it('saves the template unchanged', async () => {
  const texts = ['"quoted"', '\\"hi\\', 'a\\nb', '  \r\n'];
  await bulk(texts.map((template, index) => ({ name: `as it is ${index}`, template })));
  for (const [index, text] of texts.entries()) {
    expect((await read(server, alice.key, `as it is ${index}`)).template).toBe(text);
  }
});

it('changes nothing if its own answer is saved', async () => {
  await bulk([{ name: 'again', template: 'Text', temperature: 0.4, description: 'D' }]);
  const before = await list(server, alice.key);
  expect((await bulk(before)).status).toBe(200);
  expect(await list(server, alice.key)).toEqual(before);
});

it('skips templates that the caller may not change, and saves the rest', async () => {
  await aTemplate(server, bob.key, 'bobs', 'Bob’s');
  const answer = await bulk([
    { name: 'bobs', template: 'Alice’s' },
    { name: 'behind it', template: 'Text' },
  ]);
  expect([answer.status, await isThere('behind it')]).toEqual([200, true]);
  expect((await read(server, bob.key, 'bobs')).template).toBe('Bob’s');
});

it('stops at the first unknown integration', async () => {
  const answer = await bulk([
    { name: 'before', template: 'Text' },
    { name: 'at', template: 'Text', integrations: ['no:model'] },
    { name: 'after', template: 'Text' },
  ]);
  expect([answer.status, answer.body.message]).toEqual([404, 'integration not found: no:model']);
  expect([await isThere('before'), await isThere('at'), await isThere('after')]).toEqual([true, false, false]);
});

it('accepts an empty list', async () => {
  expect((await bulk([])).status).toBe(200);
});

it('accepts 8 MiB of 1 MiB templates', async () => {
  const templates = Array.from({ length: 7 }, (_, index) => ({
    name: `large ${index}`,
    template: 'x'.repeat(1024 * 1024),
  }));
  expect((await bulk(templates)).status).toBe(200);
  expect((await read(server, alice.key, 'large 6')).template).toHaveLength(1024 * 1024);
});

it.each([
  ['no list', { name: 'a', template: 'b' }, 400, 'body must be an array'],
  ['an item without a template', [{ name: 'good', template: 'x' }, { name: 'a' }], 400, '1.template is required'],
  [
    'an empty template',
    [
      { name: 'good', template: 'x' },
      { name: 'a', template: '' },
    ],
    400,
    'template is required',
  ],
  [
    'a reserved name',
    [{ name: 'tags', template: 'x' }],
    400,
    expect.stringContaining('0.name must be none of id, create'),
  ],
  ['a version of 0', [{ name: 'a', template: 'x', version: 0 }], 400, '0.version must be at least 1'],
  [
    'a template that is too large',
    [
      { name: 'good', template: 'x' },
      { name: 'a', template: 'x'.repeat(1024 * 1024 + 1) },
    ],
    413,
    'payload too large',
  ],
  [
    'too many',
    Array.from({ length: 1001 }, () => ({ name: 'good', template: 'x' })),
    400,
    'body must be at most 1000 entries long',
  ],
])('refuses %s, and saves nothing', async (_, items, status, message) => {
  const answer = await bulk(items);
  expect([answer.status, answer.body.message]).toEqual([status, message]);
  expect(await isThere('good')).toBe(false);
});

it('stops when the client disconnects', async () => {
  const templates = Array.from({ length: 1000 }, (_, index) => ({ name: `abandoned ${index}`, template: 'Text' }));
  const body = JSON.stringify(templates);
  const conversation = await openRawConnection(server);
  const head = { 'x-authorization': alice.key, 'content-type': 'application/json', 'content-length': body.length };
  conversation.send(requestHead('POST /api/prompts', head));
  conversation.send(body);
  await eventually(() => isThere('abandoned 3'), Boolean, 60_000);
  conversation.close();
  const isQuiet = async () => {
    const before = await savedOf(alice);
    await delay(3_000);
    return before === (await savedOf(alice));
  };
  expect(await eventually(isQuiet, Boolean, 60_000)).toBe(true);
  expect(await isThere('abandoned 999')).toBe(false);
}, 150_000);

it('refuses invalid JSON', async () => {
  const answer = await ask(server, 'POST', '/api/prompts', alice.key, {
    body: '[{',
    headers: { 'content-type': 'application/json' },
  });
  expect([answer.status, answer.body.message]).toEqual([400, 'the request could not be parsed']);
});
