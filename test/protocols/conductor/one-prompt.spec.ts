import { call } from '../../support/api.js';
import { point } from '../../support/history.js';
import { packageOf } from '../../support/packages.js';
import { aUser, type TestUser } from '../../support/users.js';
import { aPrompt, uploadVersion } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { aTemplate, list, read, versions } from './templates.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

let count = 0;
let name = '';
beforeEach(() => {
  name = `one-prompt-${(count += 1)}`;
});

const v1 = (path: string, token = alice.key) => call(server, 'GET', `/v1/prompts/workspace/${name}${path}`, { token });
const add = (json: object) =>
  call(server, 'POST', `/v1/prompts/workspace/${name}/revisions`, { token: alice.key, json });
const onV1 = () => aPrompt(server, name).in({ id: '', slug: 'workspace' }).ownedBy(alice).make();

it('reads, compares and labels through /v1 a template that was saved here', async () => {
  await aTemplate(server, alice.key, name, 'Dear ${name},\nhello', { query: { description: 'Greets' } });
  await aTemplate(server, alice.key, name, 'Dear ${name},\ngood ${daytime}', {
    query: { version: '2', description: 'Greets' },
  });
  expect((await v1('')).body).toMatchObject({
    owner_username: 'workspace',
    visibility: 'private',
    description: 'Greets',
  });
  expect((await v1('/revisions/1')).body).toMatchObject({
    content: 'Dear ${name},\nhello',
    syntax: 'dollar',
    description: 'Greets',
    author: alice.username,
    commit_message: 'Save version 1',
  });
  const { body: diff } = await v1('/diff?from=1&to=production');
  expect(diff.unified).toContain('+good ${daytime}');
  expect(diff.variables).toMatchObject({ removed: [] });
  const labelled = await point(server, { path: `/v1/prompts/workspace/${name}` }, alice.key, 'staging', {
    revision: 1,
  });
  expect([labelled.status, (await v1('/resolve?label=staging')).body.content]).toEqual([200, 'Dear ${name},\nhello']);
  const rendered = await call(server, 'POST', `/v1/prompts/workspace/${name}/render`, {
    token: alice.key,
    json: { variables: { name: 'Ada', daytime: 'night' } },
  });
  expect(rendered.body.text).toBe('Dear Ada,\ngood night');
});

it('reads a package that was uploaded on /v1 as a template', async () => {
  const prompt = await aPrompt(server, name).in({ id: '', slug: 'workspace' }).make();
  const template = 'Answer {{customer}} in {{ tone | select:options=["kind","short"] }} words. ${literal}';
  const archive = await packageOf({ name, version: '1.2.0', template });
  const { status } = await uploadVersion(server, prompt, server.adminKey, '1.2.0', archive);
  expect([status, (await v1('/resolve')).body.content]).toEqual([201, template]);
  const shown = await read(server, alice.key, name);
  expect(shown).toMatchObject({
    version: 1,
    description: 'A package for a test.',
    template: 'Answer ${customer} in ${tone} words. ${literal}',
    variables: ['customer', 'tone', 'literal'],
  });
  expect((await list(server, alice.key)).filter((listed) => listed.name === name)).toEqual([shown]);
});

it('keeps the old text in the history when version 1 is overwritten', async () => {
  await aTemplate(server, alice.key, name, 'Old', { method: 'POST' });
  await aTemplate(server, alice.key, name, 'New', { method: 'POST' });
  expect((await versions(server, alice.key, name)).map(({ template }) => template)).toEqual(['New']);
  const { body } = await v1('/revisions');
  expect(body.items.map(({ number, content }) => [number, content])).toEqual([
    [2, 'New'],
    [1, 'Old'],
  ]);
});

it('records the protocol in both ledgers', async () => {
  await aTemplate(server, alice.key, name, 'Old', { method: 'POST' });
  await aTemplate(server, alice.key, name, 'New', { method: 'POST' });
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/audit`, { token: server.adminKey });
  expect(body.items.map(({ action, subject, protocol }) => [action, subject, protocol])).toEqual([
    ['label.move', 'production', 'conductor'],
    ['label.move', '1', 'conductor'],
    ['revision.create', '2', 'conductor'],
    ['label.move', 'production', 'conductor'],
    ['label.move', '1', 'conductor'],
    ['revision.create', '1', 'conductor'],
    ['prompt.create', `workspace/${name}`, 'conductor'],
  ]);
  const moves = (await v1('/labels/1/history')).body.items;
  expect(moves.map(({ from_revision, to_revision, protocol }) => [from_revision, to_revision, protocol])).toEqual([
    [1, 2, 'conductor'],
    [null, 1, 'conductor'],
  ]);
});

it.each([
  ['braces', 'Dear {{name}}, today is {{CURRENT_DATE}}. ${price} {{"{{"}} {{ tone | select:options=["a"] }}'],
  ['dollar', 'Dear ${name}, {{kept}}'],
])('creates no revision of a text of /v1 (%s) that is saved as it was read', async (syntax, content) => {
  await onV1();
  const settings = { model: 'gpt', temperature: 0.1, stopWords: ['END'] };
  expect((await add({ content, syntax, settings, description: 'Of /v1' })).status).toBe(201);
  const fetched = await read(server, alice.key, name);
  await aTemplate(server, alice.key, name, fetched.template, { query: { description: fetched.description } });
  const { body } = await v1('/revisions');
  expect(body.items.map((item) => [item.content, item.syntax, item.settings])).toEqual([[content, syntax, settings]]);
  expect(await read(server, alice.key, name)).toEqual(fetched);
});

it('saves a changed text of /v1 as its writer sees it', async () => {
  await onV1();
  await add({ content: 'Dear {{name}}, ${price}', settings: { model: 'gpt' } });
  await aTemplate(server, alice.key, name, 'Dear ${name}, ${price}!');
  const { body } = await v1('/resolve');
  expect(body).toMatchObject({ content: 'Dear ${name}, ${price}!', syntax: 'dollar', settings: { model: 'gpt' } });
});

it('keeps the types of declared variables that a changed text still uses', async () => {
  await onV1();
  const variables = [{ name: 'count', type: 'number', required: true }];
  await add({ content: 'Give {{count}} reasons.', variables });
  await aTemplate(server, alice.key, name, 'Give ${count} good reasons.');
  expect((await v1('/resolve')).body.variables).toEqual([expect.objectContaining(variables[0] ?? {})]);
});

it('reads production by default, whichever protocol has set it', async () => {
  await aTemplate(server, alice.key, name, 'Of Conductor');
  await add({ content: 'A draft' });
  expect((await read(server, alice.key, name)).template).toBe('Of Conductor');
  for (const revision of [2, 1, 2]) {
    await point(server, { path: `/v1/prompts/workspace/${name}` }, alice.key, 'production', { revision });
    const { body } = await v1('/resolve');
    expect((await read(server, alice.key, name)).template).toBe(body.content);
  }
  expect((await read(server, alice.key, name)).version).toBe(4);
});

it('does not change a draft of /v1, and follows it in the history', async () => {
  await aTemplate(server, alice.key, name, 'One');
  await add({ content: 'Draft', syntax: 'dollar' });
  await aTemplate(server, alice.key, name, 'One, better');
  const { body } = await v1('/revisions');
  expect(body.items.map(({ content, parent }) => [content, parent])).toEqual([
    ['One, better', 2],
    ['Draft', 1],
    ['One', null],
  ]);
});
