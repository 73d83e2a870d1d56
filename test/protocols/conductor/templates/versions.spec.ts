import { call } from '../../../support/api.js';
import { point } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { aPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, pathOf, read, versions } from '../templates.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

let count = 0;
let name = '';
const v1 = (path = '') => `/v1/prompts/workspace/${name}${path}`;
const withVersions = async (...numbers: readonly number[]) => {
  for (const version of numbers)
    await aTemplate(server, alice.key, name, `Text ${version}`, { query: { version: String(version) } });
};
const numbers = async () => (await versions(server, alice.key, name)).map(({ version }) => version);
const drop = (version: number | string, token = alice.key) =>
  ask(server, 'DELETE', `${pathOf(name)}/versions/${version}`, token);
const production = async () => {
  const { body } = await call(server, 'GET', v1('/resolve'), { token: alice.key });
  return body.content;
};
const moves = async (label: string) => {
  const { body } = await call(server, 'GET', v1(`/labels/${label}/history`), { token: alice.key });
  return body.items.map(({ from_revision, to_revision, protocol }) => [from_revision, to_revision, protocol]);
};

beforeEach(() => {
  name = `versions-${(count += 1)}`;
});

it('lists versions, highest first, and reads each of them', async () => {
  await withVersions(2, 10, 1);
  expect(await numbers()).toEqual([10, 2, 1]);
  for (const version of [10, 2, 1])
    expect((await read(server, alice.key, name, version)).template).toBe(`Text ${version}`);
  expect((await read(server, alice.key, name)).version).toBe(10);
});

it('deletes a version below the highest and does not move production', async () => {
  await withVersions(1, 2, 3);
  const answer = await drop(2);
  expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0']);
  expect([await numbers(), await production()]).toEqual([[3, 1], 'Text 3']);
  expect((await ask(server, 'GET', `${pathOf(name)}?version=2`, alice.key)).status).toBe(404);
});

it('moves production to the next version when the highest is deleted', async () => {
  await withVersions(1, 5);
  expect((await drop(5)).status).toBe(200);
  expect([await numbers(), await production(), (await read(server, alice.key, name)).template]).toEqual([
    [1],
    'Text 1',
    'Text 1',
  ]);
  expect(await moves('production')).toEqual([
    [2, 1, 'conductor'],
    [1, 2, 'conductor'],
    [null, 1, 'conductor'],
  ]);
  expect(await moves('5')).toEqual([
    [2, null, 'conductor'],
    [null, 2, 'conductor'],
  ]);
});

it('keeps the revision of a deleted version', async () => {
  await withVersions(1, 2);
  await drop(2);
  const { body } = await call(server, 'GET', v1('/revisions/2'), { token: alice.key });
  expect(body.content).toBe('Text 2');
});

it('creates a deleted version again', async () => {
  await withVersions(1, 2);
  const { createTime } = await read(server, alice.key, name, 2);
  await drop(2);
  await withVersions(2);
  expect(await numbers()).toEqual([2, 1]);
  expect((await read(server, alice.key, name, 2)).createTime).toBeGreaterThan(createTime);
});

it('deletes the prompt with its last version, and frees the name', async () => {
  await withVersions(1, 2);
  await drop(1);
  expect((await drop(2)).status).toBe(200);
  for (const path of ['', '/versions', '/tags', '?version=2']) {
    expect((await ask(server, 'GET', `${pathOf(name)}${path}`, alice.key)).status).toBe(404);
  }
  expect((await call(server, 'GET', v1(), { token: alice.key })).status).toBe(404);
  await withVersions(1);
  expect(await numbers()).toEqual([1]);
  const { body } = await call(server, 'GET', v1('/revisions'), { token: alice.key });
  expect(body.items).toHaveLength(1);
});

it('restores a deleted prompt with its versions', async () => {
  await withVersions(1, 4);
  const { body } = await call(server, 'GET', v1(), { token: alice.key });
  const answer = await ask(server, 'DELETE', pathOf(name), alice.key);
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect((await ask(server, 'GET', pathOf(name), alice.key)).status).toBe(404);
  await call(server, 'POST', `/v1/prompts/${body.id}/restore`, { token: server.adminKey });
  expect(await numbers()).toEqual([4, 1]);
});

it('creates the next version for a revision that /v1 makes production', async () => {
  await withVersions(3);
  const json = { content: 'From /v1', syntax: 'dollar', labels: ['production'] };
  await call(server, 'POST', v1('/revisions'), { token: alice.key, json });
  expect([await numbers(), (await read(server, alice.key, name)).template]).toEqual([[4, 3], 'From /v1']);
  await point(server, { path: v1() }, alice.key, 'production', { revision: 1 });
  expect([await numbers(), (await read(server, alice.key, name)).template]).toEqual([[5, 4, 3], 'Text 3']);
});

it('treats a prompt without revisions as missing until the first save', async () => {
  const json = { name, description: 'Empty', owner: 'workspace' };
  expect((await call(server, 'POST', '/v1/prompts', { token: alice.key, json })).status).toBe(201);
  for (const path of ['', '/versions', '/tags']) {
    expect((await ask(server, 'GET', `${pathOf(name)}${path}`, alice.key)).status).toBe(404);
  }
  expect((await ask(server, 'DELETE', pathOf(name), alice.key)).status).toBe(404);
  await withVersions(2);
  expect([await numbers(), await production()]).toEqual([[2], 'Text 2']);
});

describe('a prompt with package versions', () => {
  const release = () => aPrompt(server, name).in({ id: '', slug: 'workspace' }).withVersion('1.0.0').make();

  it('is not deleted, nor is its last version', async () => {
    await release();
    for (const path of ['', '/versions/1']) {
      const answer = await ask(server, 'DELETE', `${pathOf(name)}${path}`, server.adminKey);
      const reason = 'a prompt with package versions is deleted on /v1 only';
      expect([answer.status, answer.body.message]).toEqual([403, reason]);
    }
    await aTemplate(server, server.adminKey, name, 'Text', { query: { version: '2' } });
    expect((await drop(1, server.adminKey)).status).toBe(200);
    expect(await numbers()).toEqual([2]);
  });

  it('keeps its name for ever', async () => {
    const { idPath } = await release();
    expect((await call(server, 'DELETE', idPath, { token: server.adminKey })).status).toBe(204);
    const answer = await ask(server, 'PUT', `${pathOf(name)}?description=d`, alice.key, { body: 'Text' });
    const reason = 'the name belongs to a deleted prompt with package versions';
    expect([answer.status, answer.body.message]).toEqual([403, reason]);
  });
});

describe('a protected production', () => {
  beforeEach(async () => {
    await withVersions(1, 2);
    const { status } = await call(server, 'PUT', v1('/labels/production/protection'), {
      token: server.adminKey,
      json: { writers: ['admin'] },
    });
    expect(status).toBe(200);
  });

  it.each([
    ['a save of the highest version', 'PUT', '?description=d', 'Other'],
    ['a save of a new version', 'POST', '?description=d&autoIncrement=true', 'Other'],
    ['a deletion of the highest version', 'DELETE', '/versions/2', undefined],
  ])('refuses %s, and changes nothing', async (_, method, path, body) => {
    const before = await versions(server, alice.key, name);
    const answer = await ask(server, method, `${pathOf(name)}${path}`, alice.key, body === undefined ? {} : { body });
    expect([answer.status, answer.body.message]).toEqual([403, 'the label is protected: production']);
    const revisions = await call(server, 'GET', v1('/revisions'), { token: alice.key });
    expect([await versions(server, alice.key, name), revisions.body.items.length]).toEqual([before, 2]);
  });

  it('allows saving and deleting lower versions', async () => {
    await aTemplate(server, alice.key, name, 'Other', { query: { version: '1' } });
    expect((await read(server, alice.key, name, 1)).template).toBe('Other');
    expect((await drop(1)).status).toBe(200);
    expect(await production()).toBe('Text 2');
  });
});
