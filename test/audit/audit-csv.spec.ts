import { jest } from '@jest/globals';
import { EntityManager } from '@mikro-orm/postgresql';
import { call, eventually } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { openRawConnection, requestHead } from '../support/network/raw-http.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { entries, seedEntries } from './audit-entries.js';

let server: OpenTestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
  alice = await aUser(server, { username: 'alice' });
  prompt = await aPrompt(server).ownedBy(alice).make();
});
afterAll(() => server.stop());

const table = (query = '') => call(server, 'GET', `/v1/audit.csv?${query}`, { token: server.adminKey });
const heading = 'id,at,actor,key_id,protocol,action,subject_type,subject,prompt,prompt_id,details';
const linesOf = (text: string) => text.split('\r\n').slice(0, -1);
const pagesAsked = (asked: { mock: { calls: [unknown, ...unknown[]][] } }) =>
  asked.mock.calls.filter(([text]) => isPage(text)).length;
const isPage = (text: unknown) => typeof text === 'string' && text.includes('from audit_entry');

it('is a file for spreadsheets', async () => {
  const { status, headers, text } = await table(`prompt=${prompt.id}&action=prompt.create`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
  expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['private', null]);
  const [entry] = await entries(server, `prompt=${prompt.id}`);
  const about = `prompt.create,prompt,alice/${prompt.name},alice/${prompt.name},${prompt.id}`;
  const row = `${entry?.id},${entry?.at},alice,,registry,${about},"{""visibility"":""public""}"`;
  expect(text).toBe(`${heading}\r\n${row.replace(',,registry', `,${entry?.key_id},registry`)}\r\n`);
});

it('has only a row of headings if nothing is found', async () => {
  expect((await table('actor=nobody')).text).toBe(`${heading}\r\n`);
});

it('contains every entry of any number', async () => {
  await seedEntries(server, { count: 2_500, promptId: prompt.id, subject: 'many' });
  const lines = linesOf((await table(`prompt=${prompt.id}&action=label.move`)).text);
  const numbers = lines.slice(1).map((line) => Number(/"n"": (\d+)|""n"":(\d+)/.exec(line)?.[2]));
  expect(numbers).toEqual(Array.from({ length: 2_500 }, (_, index) => 2_500 - index));
  const ofPrompt = await call(server, 'GET', `${prompt.path}/audit.csv?action=label.move`, { token: alice.key });
  expect(linesOf(ofPrompt.text)).toEqual(lines);
});

it('refuses bad filters like the list, and has no pages', async () => {
  const { status, body } = await table('action=x&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z');
  expect([status, Object.keys(body.details)]).toEqual([422, ['action', 'from']]);
  expect(linesOf((await table(`prompt=${prompt.id}&limit=1`)).text).length).toBeGreaterThan(2_500);
});

it.each([
  '=1+1',
  '+1',
  '-1',
  '@sum(a1)',
  '\t=1',
  '=cmd|"/c calc"!a1',
  'a,b',
  '"',
  '\r\n7,forged,row',
  '{{x}}',
  '<b>',
  'ünï',
])('keeps the subject %j as text in one cell', async (subject) => {
  const hostile = await aPrompt(server).ownedBy(alice).make();
  await seedEntries(server, { count: 1, promptId: hostile.id, subject });
  const { text } = await table(`prompt=${hostile.id}&action=label`);
  const harmless = /^[=+\-@\t\r]/.test(subject) ? `'${subject}` : subject;
  const cell = /[",'\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  expect(text).toContain(`,label.move,label,${cell},alice/`);
  expect((await entries(server, `prompt=${hostile.id}&action=label`))[0]?.subject).toBe(subject);
});

it('reads no more rows than the client accepts', async () => {
  await seedEntries(server, { count: 40_000, subject: 'x'.repeat(500) });
  const asked = jest.spyOn(server.app.get(EntityManager), 'execute');
  const conversation = await openRawConnection(server);
  conversation.socket.pause();
  const head = requestHead('GET /v1/audit.csv', { authorization: `Bearer ${server.adminKey}` });
  conversation.send(head);
  let whilePaused = -1;
  // Until the buffers between are full, which takes a busy machine its time.
  const isAtRest = async () => {
    const before = whilePaused;
    await new Promise((resolve) => setTimeout(resolve, 700));
    whilePaused = pagesAsked(asked);
    return whilePaused > 0 && whilePaused === before;
  };
  expect(await eventually(isAtRest, (isSo) => isSo, 30_000)).toBe(true);
  expect(whilePaused).toBeLessThan(60);
  conversation.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(pagesAsked(asked)).toBeLessThanOrEqual(whilePaused + 1);
  asked.mockRestore();
});

it('reads for HEAD no more than for the first rows', async () => {
  const asked = jest.spyOn(server.app.get(EntityManager), 'execute');
  const { status, headers, text } = await call(server, 'HEAD', '/v1/audit.csv', { token: server.adminKey });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const pages = pagesAsked(asked);
  asked.mockRestore();
  expect([status, headers.get('content-type'), text]).toEqual([200, 'text/csv; charset=utf-8', '']);
  expect(pages).toBeLessThanOrEqual(2);
});

it('aborts the answer visibly when the database fails in the middle', async () => {
  const em = server.app.get(EntityManager);
  const execute = em.execute.bind(em);
  let pages = 0;
  const failing = jest.spyOn(em, 'execute').mockImplementation((statement, values) => {
    if (isPage(statement) && (pages += 1) > 2) throw new Error('gone');
    return execute(statement, values);
  });
  await expect(table('')).rejects.toThrow('terminated');
  failing.mockRestore();
  expect(pages).toBe(3);
});
