import { call } from '../../../support/api.js';
import { grantTo } from '../../../support/grants.js';
import { aRevision, point } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { recordStatements } from '../../../support/plans/sent-statements.js';
import type { TestPrompt } from '../../../support/prompts.js';
import { type OpenTestServer, startOpenTestServer } from '../../../support/test-server.js';
import { aTemplate } from '../../conductor/templates.js';
import { openWebUi, type OpenWebUi } from '../commands.js';
import {
  chainOf,
  contentOf,
  historyOf,
  inWorkspace,
  notFound,
  prohibited,
  refusal,
  upTo,
  wentWrong,
} from '../entries.js';

let server: OpenTestServer;
let alice: TestUser;
let bob: TestUser;
let client: OpenWebUi;
beforeAll(async () => {
  server = await startOpenTestServer();
  [alice, bob] = [await aUser(server), await aUser(server)];
  client = openWebUi(server, alice.key);
});
afterAll(() => server.stop());

let prompt: TestPrompt;
beforeEach(async () => {
  prompt = await inWorkspace(server, alice);
});

const revise = (content: string, more?: object) => aRevision(server, prompt, alice.key, content, { ...more });
const missingEntry = '00000000-0000-4000-8000-000000000000';

it('lists 25 edits of one second in their order, 20 a page, as one chain', async () => {
  for (const number of upTo(25)) await revise(`Text ${number}`);
  await server.database.pool.query(`update revision set created_at = '2026-01-02T03:04:05.678Z' where prompt_id = $1`, [
    prompt.id,
  ]);
  const pages = [await historyOf(client, prompt.id), await historyOf(client, prompt.id, 1)];
  expect(pages.map(({ length }) => length)).toEqual([20, 5]);
  const all = pages.flat();
  const numbers = upTo(25).reverse();
  expect(chainOf(all)).toEqual(numbers.map((number) => [`Text ${number}`, number === 1 ? null : `Text ${number - 1}`]));
  expect(new Set(all.map(({ created_at }) => created_at))).toEqual(new Set([1_767_323_045]));
});

it('shows an entry with the seven keys of a snapshot, and its author in lists only', async () => {
  await server.database.pool.query(`update account set name = 'Alice A.' where id = $1`, [alice.id]);
  await grantTo(server.database.pool, bob.id, 'read', [prompt.id]);
  const tags = ['b', 'a'];
  const { id } = await revise('Hello {{name}}', { title: 'A title', tags, commit_message: 'Why' });
  // On /v1 nothing sets the two.
  const fill = `update revision set data = '{"a":[1]}', meta = '{"b":null}' where id = $1`;
  await server.database.pool.query(fill, [id]);
  const [item] = await historyOf(client, prompt.id);
  const { user, ...entry } = item ?? {};
  expect(user).toEqual({ id: alice.id, name: 'Alice A.', role: 'user', email: alice.email });
  expect(entry).toEqual({
    id,
    prompt_id: prompt.id,
    parent_id: null,
    snapshot: {
      name: 'A title',
      content: 'Hello {{name}}',
      command: prompt.name,
      data: { a: [1] },
      meta: { b: null },
      tags,
      access_grants: [{ principal_type: 'user', principal_id: bob.id, permission: 'read' }],
    },
    user_id: alice.id,
    commit_message: 'Why',
    created_at: expect.any(Number),
  });
  expect((await client.entry(prompt.id, String(id))).body).toEqual(entry);
  await server.database.pool.query('update account set name = null where id = $1', [alice.id]);
});

it('is one statement a page for any number of entries, authors and parents', async () => {
  for (const number of upTo(22)) await revise(`Text ${number}`);
  const statements = recordStatements(server);
  await historyOf(client, prompt.id);
  const names = statements.sent.map(({ name }) => name);
  statements.stop();
  expect(names.filter((name) => name?.startsWith('history'))).toEqual(['history-page']);
});

it('answers at the documented address too', async () => {
  await revise('Text');
  const documented = await call(server, 'GET', `/api/prompts/id/${prompt.id}/history?page=0`, { token: alice.key });
  expect([documented.status, documented.text]).toEqual([200, (await client.history(prompt.id)).text]);
  expect(documented.headers.get('content-type')).toMatch('application/json');
});

describe('the page parameter', () => {
  let paged: TestPrompt;
  beforeAll(async () => {
    paged = await inWorkspace(server, alice);
    for (const number of upTo(21)) await aRevision(server, paged, alice.key, `Text ${number}`);
  });

  it.each([
    ['', 0],
    ['?page=0', 0],
    ['?page=-7', 0],
    ['?page=%2B1', 1],
    ['?page=1.0', 1],
    ['?page=2', 2],
    ['?page=99999999999999999999999999', 2],
  ])('reads `%s` as page %i', async (query, page) => {
    const { status, text } = await client.ask('GET', `/id/${paged.id}/history${query}`);
    const expected = await historyOf(client, paged.id, page);
    expect([status, JSON.parse(text), expected.length]).toEqual([200, expected, [20, 1, 0][page]]);
  });
});

it.each(['abc', '', '1.5', '1_', '0x1', 'NaN'])('refuses the page `%s`', async (page) => {
  const { status, body } = await client.ask('GET', `/id/${missingEntry}/history?page=${page}`);
  const msg = 'Input should be a valid integer, unable to parse string as an integer';
  expect([status, body['detail']]).toEqual([422, [{ type: 'int_parsing', loc: ['query', 'page'], msg, input: page }]]);
});

it('shows what was saved on /v1 and through Conductor, each with its author', async () => {
  await revise('Hello {{name}}', { title: 'Greeting' });
  await grantTo(server.database.pool, bob.id, 'write', [prompt.id]);
  const description = 'A prompt for a test.';
  await aTemplate(server, bob.key, prompt.name, 'Bye ${name}, {{kept}}', { query: { description } });
  const entries = await historyOf(client, prompt.id);
  expect(entries.map(({ snapshot, user, commit_message: message }) => [snapshot.content, user?.name, message])).toEqual(
    [
      ['Bye {{name}}, {{kept}}', bob.username, 'Save version 1'],
      ['Hello {{name}}', alice.username, null],
    ],
  );
  expect(entries.map(({ user_id, user }) => [user_id, user?.email])).toEqual([
    [bob.id, bob.email],
    [alice.id, alice.email],
  ]);
});

it('shows a prompt without a title by its command', async () => {
  await revise('Text');
  expect((await historyOf(client, prompt.id))[0]?.snapshot.name).toBe(prompt.name);
});

describe('the right to read', () => {
  const reads = (as: OpenWebUi, entry: string) => [
    as.history(prompt.id),
    as.entry(prompt.id, entry),
    as.diff(prompt.id, entry, entry),
  ];
  const answersFor = async (key: string, entry: string) => {
    const answers = await Promise.all(reads(openWebUi(server, key), entry));
    return answers.map((answer) => (answer.status === 200 ? 200 : refusal(answer)));
  };

  it.each([
    ['everybody who is granted it', ['read'] as const, [200, 200, 200]],
    ['nobody who may only write', ['write'] as const, [prohibited, prohibited, prohibited]],
    ['who may do both', ['read', 'write'] as const, [200, 200, 200]],
    ['no stranger', [], [prohibited, prohibited, prohibited]],
  ])('%s', async (_, permissions, expected) => {
    const { id } = await revise('Text');
    for (const permission of permissions) await grantTo(server.database.pool, bob.id, permission, [prompt.id]);
    expect(await answersFor(bob.key, String(id))).toEqual(expected);
  });

  it('shows no entries to callers who may not read the prompt', async () => {
    await revise('Text');
    expect(await answersFor(bob.key, missingEntry)).toEqual([prohibited, prohibited, prohibited]);
  });

  it.each([missingEntry, 'no-id'])('is 404 for a prompt %s', async (id) => {
    const { id: entry } = await revise('Text');
    const answers = [client.history(id), client.entry(id, String(entry)), client.deleteEntry(id, String(entry))];
    const diff = client.diff(id, String(entry), String(entry));
    expect((await Promise.all([...answers, diff])).map(refusal)).toEqual(Array(4).fill(notFound));
  });
});

describe('an entry of another prompt', () => {
  it.each([
    ['of the same creator', () => alice],
    ['of somebody else', () => bob],
  ])('is 404, be it %s', async (_, creator) => {
    const own = String((await revise('Mine')).id);
    const other = await inWorkspace(server, creator());
    await aRevision(server, other, creator().key, 'Older');
    const foreign = String((await aRevision(server, other, creator().key, 'Theirs')).id);
    const answers = [
      client.entry(prompt.id, foreign),
      client.deleteEntry(prompt.id, foreign),
      client.diff(prompt.id, own, foreign),
      client.diff(prompt.id, foreign, own),
    ];
    expect((await Promise.all(answers)).map(refusal)).toEqual(Array(4).fill(notFound));
    expect(refusal(await client.setVersion(prompt.id, foreign))).toEqual(wentWrong);
    expect(await historyOf(openWebUi(server, creator().key), other.id)).toHaveLength(2);
  });
});

it.each(['no-id', missingEntry, '..', 'null'])('is 404 for the entry %s', async (id) => {
  const own = String((await revise('Mine')).id);
  const hid = encodeURIComponent(id.replaceAll('.', '%2e'));
  const answers = [client.entry(prompt.id, hid), client.deleteEntry(prompt.id, hid), client.diff(prompt.id, own, hid)];
  expect((await Promise.all(answers)).map(refusal)).toEqual(Array(3).fill(notFound));
});

it('sends entries of a mebibyte completely', async () => {
  const long = 'é"\n'.repeat(260_000);
  for (const number of upTo(5)) await revise(`${number}${long}`);
  expect((await historyOf(client, prompt.id)).map(contentOf)).toEqual([5, 4, 3, 2, 1].map((n) => `${n}${long}`));
});

it('shows the live entry even if it was hidden, also without a label', async () => {
  await revise('First');
  await revise('Second');
  await server.database.pool.query(
    'insert into hidden_revision (prompt_id, number, hidden_by) select $1, unnest($2::int[]), $3',
    [prompt.id, [1, 2], alice.id],
  );
  expect((await historyOf(client, prompt.id)).map(contentOf)).toEqual(['First']);
  await point(server, prompt, alice.key, 'production', { revision: 2 });
  expect((await historyOf(client, prompt.id)).map(contentOf)).toEqual(['Second']);
  await call(server, 'DELETE', `${prompt.path}/labels/production`, { token: alice.key });
  expect((await historyOf(client, prompt.id)).map(contentOf)).toEqual(['Second']);
});
