import { grantTo } from '../../../support/grants.js';
import { aRevision } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import type { TestPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { openWebUi, type OpenWebUi } from '../commands.js';
import { inWorkspace, type Snapshot } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let client: OpenWebUi;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  client = openWebUi(server, alice.key);
});
afterAll(() => server.stop());

let prompt: TestPrompt;
beforeEach(async () => {
  prompt = await inWorkspace(server, alice);
});

interface Diff {
  readonly from_id: string;
  readonly to_id: string;
  readonly from_snapshot: Snapshot;
  readonly to_snapshot: Snapshot;
  readonly content_diff: readonly string[];
  readonly line_endings_only: boolean;
  readonly name_changed: boolean;
  readonly access_grants_changed: boolean;
}

const revise = async (content: string, more?: object) =>
  String((await aRevision(server, prompt, alice.key, content, { ...more })).id);
async function diff(from: string, to: string): Promise<Diff> {
  const { status, text } = await client.diff(prompt.id, from, to);
  if (status !== 200) throw new Error(text);
  return JSON.parse(text) as Diff;
}

/** The reported differences, without the entries. */
async function flags(from: string, to: string) {
  const { content_diff: lines, ...said } = await diff(from, to);
  return [lines.length > 0, said.line_endings_only, said.name_changed, said.access_grants_changed];
}

it('compares the contents line by line, and shows both entries completely', async () => {
  const from = await revise('one\ntwo\nthree\nfour\nfive\n', { title: 'Old', tags: ['a'] });
  const to = await revise('one\ntwo\nthree\nfour\r\n5', { title: 'New', tags: ['b'] });
  const compared = await diff(from, to);
  const { body: old } = await client.entry(prompt.id, from);
  const { body: current } = await client.entry(prompt.id, to);
  expect(compared).toEqual({
    from_id: from,
    to_id: to,
    from_snapshot: old['snapshot'],
    to_snapshot: current['snapshot'],
    content_diff: [
      `--- v${from.slice(0, 8)}`,
      `+++ v${to.slice(0, 8)}`,
      '@@ -2,4 +2,4 @@',
      ' two',
      ' three',
      ' four',
      '-five',
      '+5',
    ],
    line_endings_only: false,
    name_changed: true,
    access_grants_changed: false,
  });
  expect(Object.keys(compared.from_snapshot).sort()).toEqual([
    'access_grants',
    'command',
    'content',
    'data',
    'meta',
    'name',
    'tags',
  ]);
});

it('compares backwards, and an entry with itself', async () => {
  const [from, to] = [await revise('old'), await revise('new')];
  expect((await diff(to, from)).content_diff.slice(3)).toEqual(['-new', '+old']);
  expect(await diff(to, to)).toMatchObject({ content_diff: [], line_endings_only: false, name_changed: false });
});

it('accepts ids in upper case', async () => {
  const [from, to] = [await revise('old'), await revise('new')];
  expect(await diff(from.toUpperCase(), to.toUpperCase())).toEqual(await diff(from, to));
});

it.each([
  ['another line ending', 'a\nb', 'a\r\nb', {}, [false, true, false, false]],
  ['none at the end', 'a\nb\n', 'a\nb', {}, [false, true, false, false]],
  ['a line more', 'a\nb', 'a\r\nb\n\n', {}, [true, false, false, false]],
  ['another name besides', 'a\nb', 'a\r\nb', { title: 'New' }, [false, true, true, false]],
  ['other tags besides', 'a\nb', 'a\r\nb', { tags: ['new'] }, [false, true, false, false]],
  ['another name alone', 'a\nb', 'a\nb', { title: 'New' }, [false, false, true, false]],
  ['other tags alone', 'a\nb', 'a\nb', { tags: ['new'] }, [false, false, false, false]],
])('reports %s', async (_, before, after, change, expected) => {
  const from = await revise(before, { title: 'Old' });
  expect(await flags(from, await revise(after, change))).toEqual(expected);
});

it('compares grants as sets', async () => {
  const grant = (permission: 'read' | 'write') => grantTo(server.database.pool, alice.id, permission, [prompt.id]);
  const first = await revise('1');
  await grant('read');
  const second = await revise('2');
  const third = await revise('3');
  await grant('write');
  const fourth = await revise('4');
  await server.database.pool.query(
    `update revision set grants = (select jsonb_agg(g order by g->>'permission' desc) from jsonb_array_elements(grants) g)
     where id = $1`,
    [fourth],
  );
  const fifth = await revise('5');
  const changed = async (from: string, to: string) => (await diff(from, to)).access_grants_changed;
  expect([await changed(first, second), await changed(second, third)]).toEqual([true, false]);
  expect([await changed(third, fourth), await changed(fourth, fifth)]).toEqual([true, false]);
  const { from_snapshot: reversed, to_snapshot: straight } = await diff(fourth, fifth);
  expect(reversed.access_grants).toEqual([...straight.access_grants].reverse());
});

it('compares the displayed texts in any syntax', async () => {
  const from = await revise('Hello {{name}}');
  const to = await revise('Hello ${name}', { syntax: 'dollar' });
  expect(await diff(from, to)).toMatchObject({ content_diff: [], line_endings_only: false });
});

it.each([
  ['', ['from_id', 'to_id']],
  ['?to_id=x', ['from_id']],
  ['?from_id=x', ['to_id']],
])('requires both ids (`%s`)', async (query, missing) => {
  await revise('Text');
  const { status, body } = await client.ask('GET', `/id/${prompt.id}/history/diff${query}`);
  expect(status).toBe(422);
  const input = Object.fromEntries(new URLSearchParams(query));
  expect(body['detail']).toEqual(
    missing.map((id) => ({ type: 'missing', loc: ['query', id], msg: 'Field required', input })),
  );
});
