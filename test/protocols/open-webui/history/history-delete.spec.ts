import { entries } from '../../../audit/audit-entries.js';
import { call } from '../../../support/api.js';
import { grantTo } from '../../../support/grants.js';
import { aRevision, point } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import type { TestPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { read } from '../../conductor/templates.js';
import { openWebUi, type OpenWebUi } from '../commands.js';
import {
  chainOf,
  contentOf,
  historyOf,
  inWorkspace,
  isProduction,
  notFound,
  prohibited,
  refusal,
  wentWrong,
} from '../entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
let client: OpenWebUi;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server), await aUser(server)];
  client = openWebUi(server, alice.key);
});
afterAll(() => server.stop());

let prompt: TestPrompt;
/** The ids of the entries by their text; `A` is production. */
let ids: Record<string, string>;
beforeEach(async () => {
  prompt = await inWorkspace(server, alice);
  ids = {};
  for (const content of ['A', 'B', 'C', 'D', 'E']) await revise(content);
});

async function revise(content: string): Promise<void> {
  ids[content] = String((await aRevision(server, prompt, alice.key, content)).id);
}
const idOf = (content: string) => ids[content] ?? '';
const remove = (content: string, as = client) => as.deleteEntry(prompt.id, idOf(content));
const moveProduction = (revision: number) => point(server, prompt, alice.key, 'production', { revision });
const chain = async () => chainOf(await historyOf(client, prompt.id));
const shown = async () => (await historyOf(client, prompt.id)).map(contentOf).join('');
const hides = async () => {
  const recorded = await entries(server, `prompt=${prompt.id}&action=revision.hide`);
  return recorded.map(({ actor, subject, subject_type: type, protocol }) => [actor, type, subject, protocol]);
};

it('removes an entry from the history, and answers true', async () => {
  const answer = await remove('C');
  expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
    200,
    'true',
    expect.stringMatching('^application/json'),
  ]);
  expect(await shown()).toBe('EDBA');
  expect((await Promise.all([client.entry(prompt.id, idOf('C')), remove('C')])).map(refusal)).toEqual([
    notFound,
    notFound,
  ]);
  const diffs = [client.diff(prompt.id, idOf('C'), idOf('A')), client.diff(prompt.id, idOf('A'), idOf('C'))];
  expect((await Promise.all(diffs)).map(refusal)).toEqual([notFound, notFound]);
  expect(refusal(await client.setVersion(prompt.id, idOf('C')))).toEqual(wentWrong);
  expect(await hides()).toEqual([[alice.username, 'revision', '3', 'open-webui']]);
});

it.each([
  [
    'a parent',
    'D',
    [
      ['E', 'C'],
      ['C', 'B'],
      ['B', 'A'],
      ['A', null],
    ],
  ],
  [
    'a parent, then the grandparent',
    'DC',
    [
      ['E', 'B'],
      ['B', 'A'],
      ['A', null],
    ],
  ],
  [
    'a grandparent, then the parent',
    'CD',
    [
      ['E', 'B'],
      ['B', 'A'],
      ['A', null],
    ],
  ],
  [
    'all between',
    'CBD',
    [
      ['E', 'A'],
      ['A', null],
    ],
  ],
  [
    'every second one',
    'DB',
    [
      ['E', 'C'],
      ['C', 'A'],
      ['A', null],
    ],
  ],
])('gives children their next ancestor when it deletes %s', async (_, deleted, expected) => {
  for (const content of deleted) expect((await remove(content)).text).toBe('true');
  expect(await chain()).toEqual(expected);
  const { body } = await client.entry(prompt.id, idOf('E'));
  expect(body['parent_id']).toBe(idOf(String(expected[0]?.[1])));
});

it('makes the child of a deleted root a root', async () => {
  await moveProduction(3);
  await remove('A');
  expect(await chain()).toEqual([
    ['E', 'D'],
    ['D', 'C'],
    ['C', 'B'],
    ['B', null],
  ]);
  await remove('B');
  expect(await chain()).toEqual([
    ['E', 'D'],
    ['D', 'C'],
    ['C', null],
  ]);
});

it('gives a save after the deletion of the newest entry the newest remaining one as its parent', async () => {
  await remove('E');
  await remove('D');
  await revise('F');
  expect(await chain()).toEqual([
    ['F', 'C'],
    ['C', 'B'],
    ['B', 'A'],
    ['A', null],
  ]);
});

it('follows parents, not numbers', async () => {
  await server.database.pool.query('update revision set parent = 2 where prompt_id = $1 and number = 4', [prompt.id]);
  await remove('D');
  expect(await chain()).toEqual([
    ['E', 'B'],
    ['C', 'B'],
    ['B', 'A'],
    ['A', null],
  ]);
  await remove('B');
  expect(await chain()).toEqual([
    ['E', 'A'],
    ['C', 'A'],
    ['A', null],
  ]);
});

it('refuses to delete the production entry, also after production has moved', async () => {
  expect(refusal(await remove('A'))).toEqual(isProduction);
  await moveProduction(4);
  expect(refusal(await remove('D'))).toEqual(isProduction);
  expect((await remove('A')).status).toBe(200);
  expect([await shown(), await hides()]).toEqual(['EDCB', [[alice.username, 'revision', '1', 'open-webui']]]);
});

it('refuses to delete the newest entry if the label production was deleted', async () => {
  await call(server, 'DELETE', `${prompt.path}/labels/production`, { token: alice.key });
  expect(refusal(await remove('E'))).toEqual(isProduction);
  expect((await remove('A')).status).toBe(200);
  await revise('F');
  expect((await remove('E')).status).toBe(200);
  expect(await shown()).toBe('FDCB');
});

it('shows a deleted entry again while it is production on /v1', async () => {
  await remove('B');
  await moveProduction(2);
  expect(await chain()).toEqual([
    ['E', 'D'],
    ['D', 'C'],
    ['C', 'B'],
    ['B', 'A'],
    ['A', null],
  ]);
  expect((await client.entry(prompt.id, idOf('B'))).body.id).toBe(idOf('B'));
  expect(refusal(await remove('B'))).toEqual(isProduction);
  await moveProduction(1);
  expect(await shown()).toBe('EDCA');
});

it("keeps it for /v1, for labels and for Conductor's versions", async () => {
  await moveProduction(2);
  await point(server, prompt, alice.key, 'staging', { revision: 2 });
  await moveProduction(1);
  expect((await remove('B')).status).toBe(200);
  const v1 = (path: string) => call(server, 'GET', prompt.path + path, { token: alice.key });
  const contents = async (path: string) => (await v1(path)).body['content'];
  expect((await v1('/revisions')).body.items.map(({ content }) => content)).toEqual(['E', 'D', 'C', 'B', 'A']);
  expect([await contents('/revisions/2'), await contents('/resolve?label=staging')]).toEqual(['B', 'B']);
  expect((await read(server, alice.key, prompt.name, 2)).template).toBe('B');
});

describe('the right to delete', () => {
  it.each([
    ['nobody who may only read', ['read'] as const, prohibited],
    ['who may only write', ['write'] as const, [200, undefined]],
    ['who may do both', ['read', 'write'] as const, [200, undefined]],
    ['no stranger', [], prohibited],
  ])('%s', async (_, permissions, expected) => {
    for (const permission of permissions) await grantTo(server.database.pool, bob.id, permission, [prompt.id]);
    expect(refusal(await remove('C', openWebUi(server, bob.key)))).toEqual(expected);
    expect(await shown()).toBe(expected[0] === 200 ? 'EDBA' : 'EDCBA');
    expect(await hides()).toEqual(expected[0] === 200 ? [[bob.username, 'revision', '3', 'open-webui']] : []);
  });
});

describe('concurrently', () => {
  it('deletes an entry once', async () => {
    for (const content of ['B', 'C', 'D', 'E']) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => remove(content)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    }
    expect([await shown(), (await hides()).length]).toEqual(['A', 4]);
  });

  it('deletes it or finds it in production, and finally shows the live entry', async () => {
    for (const number of [2, 3, 4, 5, 1]) {
      const content = 'ABCDE'[number - 1] ?? '';
      const [deleted, moved] = await Promise.all([remove(content), moveProduction(number)]);
      expect([200, 400]).toContain(deleted.status);
      expect([moved.status, (await client.entry(prompt.id, idOf(content))).status]).toEqual([200, 200]);
    }
  });

  it('deletes neighbours', async () => {
    const answers = await Promise.all(['B', 'C', 'D', 'E'].map((content) => remove(content)));
    await revise('F');
    expect(answers.map(({ text }) => text)).toEqual(Array(4).fill('true'));
    expect(await chain()).toEqual([
      ['F', 'A'],
      ['A', null],
    ]);
  });
});
