import { call, eventually } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { packageOf } from '../support/packages.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { sendRaw } from '../support/network/raw-http.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
  prompt = await aPrompt(server, 'greeting').ownedBy(alice).withVersion('1.0.0').make();
});
afterAll(() => server.stop());

const download = (method = 'GET', headers = {}) =>
  call(server, method, `${prompt.path}/versions/1.0.0/download`, { headers });

async function recorded(): Promise<number> {
  const { rows } = await server.database.pool.query('select count(*)::int as n from download');
  return rows[0].n;
}

it('answers 302 without a body, and no-store', async () => {
  const { status, text, headers } = await download();
  expect([status, text]).toEqual([302, '']);
  expect(headers.get('content-length')).toBe('0');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toBeNull();
  expect(() => new URL(headers.get('location') ?? '')).not.toThrow();
});

it('has exactly the documented header lines', async () => {
  const answer = await sendRaw(server, `GET ${prompt.path}/versions/1.0.0/download`);
  expect(answer).toMatch(/^HTTP\/1\.1 302 Found\r\n/);
  expect(answer).toMatch(/\r\nlocation: https?:\/\//i);
  expect(answer).toMatch(/\r\ncontent-length: 0\r\n/i);
  expect(answer).toMatch(/\r\n\r\n$/);
});

it('redirects to the bytes, as a gzip file with a name', async () => {
  const { headers } = await download();
  const file = await fetch(headers.get('location') ?? '');
  expect(file.status).toBe(200);
  expect(file.headers.get('content-type')).toBe('application/gzip');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="greeting-1.0.0.tar.gz"');
  expect(file.headers.get('content-encoding')).toBeNull();
  const archive = await packageOf({ name: 'greeting', version: '1.0.0' });
  expect(Buffer.from(await file.arrayBuffer()).equals(archive)).toBe(true);
});

it('redirects with an address for fifteen minutes', async () => {
  const { searchParams } = new URL((await download()).headers.get('location') ?? '');
  const seconds = searchParams.get('X-Amz-Expires');
  const until = Number(searchParams.get('expires')) - Date.now() / 1000;
  if (seconds === null) expect(Math.abs(until - 900)).toBeLessThan(5);
  else expect(seconds).toBe('900');
});

it('is recorded before it is answered, each time', async () => {
  const before = await recorded();
  for (let index = 1; index <= 3; index += 1) {
    await download();
    expect(await recorded()).toBe(before + index);
  }
});

it('is recorded once per answer for a hundred concurrent requests', async () => {
  const before = await recorded();
  const answers = await Promise.all(Array.from({ length: 100 }, () => download()));
  expect(answers.filter(({ status }) => status === 302)).toHaveLength(100);
  expect(await recorded()).toBe(before + 100);
});

it('answers HEAD the same and records nothing', async () => {
  const before = await recorded();
  const [head, got] = [await download('HEAD'), await download('GET')];
  expect([head.status, head.text]).toEqual([302, '']);
  // The client closes the connection after HEAD, so that only GET has a Keep-Alive header.
  const names = (headers: Headers) => [...headers.keys()].filter((name) => name !== 'keep-alive').sort();
  expect(names(head.headers)).toEqual(names(got.headers));
  expect(await recorded()).toBe(before + 1);
});

it('records nothing for a 404', async () => {
  const before = await recorded();
  await call(server, 'GET', `${prompt.path}/versions/9.9.9/download`);
  await call(server, 'GET', '/v1/prompts/alice/nothing/versions/1.0.0/download');
  expect(await recorded()).toBe(before);
});

it('is in the prompt’s download_count within five seconds, exactly', async () => {
  const other = await aPrompt(server).ownedBy(alice).withVersion('1.0.0', '1.0.1').make();
  await Promise.all(
    Array.from({ length: 25 }, (_, index) => call(server, 'GET', `${other.path}/versions/1.0.${index % 2}/download`)),
  );
  const count = async () => Number((await call(server, 'GET', other.path)).body.download_count);
  expect(await eventually(count, (value) => value >= 25)).toBe(25);
});

it('of a private prompt redirects to an address that needs no credentials', async () => {
  const hidden = await aPrompt(server).ownedBy(alice).private().make();
  await uploadVersion(server, hidden, alice.key, '1.0.0');
  const path = `${hidden.path}/versions/1.0.0/download`;
  const { status, headers } = await call(server, 'GET', path, { token: alice.key });
  expect(status).toBe(302);
  expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
});
