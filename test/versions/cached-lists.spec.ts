import { randomUUID } from 'node:crypto';
import { writeCursor } from '../../src/versions/version-cursor.js';
import { call, eventually } from '../support/api.js';
import { recordStatements } from '../support/plans/sent-statements.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());

const list = (prompt: TestPrompt, query = '') => call(server, 'GET', `${prompt.path}/versions${query}`);

const insert = `
  insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by, created_at)
  select gen_random_uuid(), $1, '1.0.' || n, 1, 0, n, $2 || n, repeat('0', 64), 1, '{}', '[]', created_by,
    '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second'
  from prompt cross join generate_series(0, $3::int - 1) n where prompt.id = $1`;

async function aLongList(versions: number): Promise<TestPrompt> {
  const prompt = await aPrompt(server).make();
  await server.database.pool.query(insert, [prompt.id, randomUUID(), versions]);
  return prompt;
}

/** The page that begins after the version with this second of creation and patch number. */
function pageAfter(second: number): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return `?cursor=${writeCursor({ createdAt: `${time.slice(0, 10)} ${time.slice(11, 19)}+00`, sequence: '0' })}`;
}

async function statementsOf(read: () => Promise<unknown>): Promise<number> {
  const statements = recordStatements(server);
  await read();
  const count = statements.sent.length;
  statements.stop();
  return count;
}

/** Whether reads are answered from memory, in a quiet moment: a busy machine hears of changes later. */
const isCached = (read: () => Promise<unknown>) =>
  eventually(
    () => statementsOf(read),
    (statements) => statements === 0,
    30_000,
  );

it.each([10, 100, 1_000])('answers a list of %s versions from memory', async (versions) => {
  const prompt = await aLongList(versions);
  const first = await list(prompt);
  expect(first.body.items).toHaveLength(versions);
  expect(await isCached(() => list(prompt))).toBe(0);
  const again = await list(prompt);
  expect([again.text, again.headers.get('etag')]).toEqual([first.text, first.headers.get('etag')]);
});

it('caches each page of a list, with its link', async () => {
  const prompt = await aLongList(1_500);
  const first = await list(prompt);
  expect(await isCached(() => list(prompt))).toBe(0);
  expect((await list(prompt)).headers.get('link')).toBe(first.headers.get('link'));
  const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const second = await call(server, 'GET', next);
  expect(await isCached(() => call(server, 'GET', next))).toBe(0);
  expect((await call(server, 'GET', next)).text).toBe(second.text);
  expect(second.body.items).toHaveLength(500);
});

it('removes what was not read for the longest time when much is cached', async () => {
  const prompt = await aLongList(1_500);
  expect(await isCached(() => list(prompt))).toBe(0);
  const pages = Array.from({ length: 200 }, (_, index) => pageAfter(1_200 + index));
  for (const page of pages) expect((await list(prompt, page)).status).toBe(200);
  const last = pages.at(-1) ?? '';
  expect(await isCached(() => list(prompt, last))).toBe(0);
  expect(await statementsOf(() => list(prompt))).toBe(1);
});
