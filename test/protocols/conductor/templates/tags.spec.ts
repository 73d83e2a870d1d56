import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, list, pathOf, read } from '../templates.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

let count = 0;
let name = '';
beforeEach(async () => {
  name = `tags-${(count += 1)}`;
  await aTemplate(server, alice.key, name, 'Text');
});

const tag = (key: string, value = '') => ({ key, value, type: 'METADATA' });
const path = () => `${pathOf(name)}/tags`;
const change = (method: 'PUT' | 'DELETE', json: unknown) => ask(server, method, path(), alice.key, { json });
const add = (...tags: readonly unknown[]) => change('PUT', tags);
const remove = (...tags: readonly unknown[]) => change('DELETE', tags);
const shown = async () => JSON.parse((await ask(server, 'GET', path(), alice.key)).text) as unknown;
const onV1 = async () => (await call(server, 'GET', `/v1/prompts/workspace/${name}`, { token: alice.key })).body;

it('adds pairs, and answers with an empty body', async () => {
  const answer = await add(tag('team', 'a'), tag('urgent'));
  expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '', null]);
  expect(await shown()).toEqual([tag('team', 'a'), tag('urgent')]);
});

it('identifies a pair by its key and its value', async () => {
  await add(tag('team', 'a'), tag('team', 'b'), tag('team', 'a'));
  await add(tag('team', 'b'), tag('team', 'c'));
  await remove(tag('team', 'a'), tag('team', 'z'), tag('b'));
  expect(await shown()).toEqual([tag('team', 'b'), tag('team', 'c')]);
});

it('splits tags of other protocols at the first colon', async () => {
  const { id } = await onV1();
  const tags = ['plain', 'url:http://x:1', 'empty:', ':front'];
  await call(server, 'PATCH', `/v1/prompts/${id}`, { token: alice.key, json: { tags } });
  expect(await shown()).toEqual([tag('plain'), tag('url', 'http://x:1'), tag('empty'), tag('', 'front')]);
  await remove(tag('empty'), tag('', 'front'));
  await add(tag('url', 'http://x:1'), tag('new', 'a:b'));
  expect((await onV1()).tags).toEqual(['plain', 'url:http://x:1', 'new:a:b']);
});

it.each([
  ['a type and a null', [{ key: 'k', value: null, type: 'RATE_LIMIT' }], [tag('k')]],
  ['no value', [{ key: 'k' }], [tag('k')]],
  ['nothing', [], []],
])('accepts a pair with %s', async (_, given, expected) => {
  expect((await change('PUT', given)).status).toBe(200);
  expect(await shown()).toEqual(expected);
});

it('accepts a body of any type or none, in chunks, with a trailing line break', async () => {
  const labels: readonly Readonly<Record<string, string>>[] = [{}, { 'content-type': 'text/plain' }];
  for (const headers of labels) {
    const body = `${JSON.stringify([tag('type', Object.values(headers)[0] ?? 'none')])}\n`;
    expect((await ask(server, 'PUT', path(), alice.key, { body: Buffer.from(body), headers })).status).toBe(200);
  }
  expect(await shown()).toEqual([tag('type', 'none'), tag('type', 'text/plain')]);
});

it('belong to the prompt, not to a version', async () => {
  await aTemplate(server, alice.key, name, 'Two', { query: { version: '2' } });
  await add(tag('team', 'a'));
  for (const version of [1, 2]) expect((await read(server, alice.key, name, version)).tags).toEqual([tag('team', 'a')]);
  const listed = (await list(server, alice.key)).find((template) => template.name === name);
  expect(listed?.tags).toEqual([tag('team', 'a')]);
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/revisions`, { token: alice.key });
  expect(body.items).toHaveLength(2);
});

it('are part of the next revision', async () => {
  await add(tag('team', 'a'));
  await aTemplate(server, alice.key, name, 'Two');
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/revisions`, { token: alice.key });
  expect(body.items.map(({ tags }) => tags)).toEqual([['team:a'], []]);
});

it('keeps every pair of twenty that are added at the same time', async () => {
  const tags = Array.from({ length: 20 }, (_, index) => tag('n', String(index)));
  const answers = await Promise.all(tags.map((each) => add(each)));
  expect(answers.map(({ status }) => status)).toEqual(tags.map(() => 200));
  expect(await shown()).toHaveLength(20);
});

it.each([
  ['a key with a colon', [tag('a:b', 'c')], '0.key must hold no colon'],
  ['a pair without a key or value', [tag('')], 'tags must be at least 1 characters long'],
  [
    'a pair that is too long together',
    [tag('k'.repeat(60), 'v'.repeat(60))],
    'tags must be at most 100 characters long',
  ],
  [
    'more pairs than a prompt has',
    Array.from({ length: 51 }, (_, index) => tag(`k${index}`)),
    'tags must be at most 50 entries long',
  ],
  ['a value that is no text', [{ key: 'k', value: 7 }], '0.value must be a string'],
  ['what is no list', tag('a'), 'body must be an array'],
])('refuses %s with 400', async (_, given, message) => {
  const answer = await change('PUT', given);
  expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ message, status: 400 })]);
  expect(await shown()).toEqual([]);
});

it('are 404 for a missing prompt', async () => {
  name = 'nowhere';
  for (const answer of [await add(tag('a')), await remove(tag('a')), await ask(server, 'GET', path(), alice.key)]) {
    expect([answer.status, answer.body.message]).toEqual([404, 'prompt not found']);
  }
});
