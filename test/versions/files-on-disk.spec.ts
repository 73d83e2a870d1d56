import { call } from '../support/api.js';
import { aUser } from '../support/users.js';
import { packageOf } from '../support/packages.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { bodyOf, sendRaw, statusOf } from '../support/network/raw-http.js';
import { onDisk, startTestServer, type TestServer } from '../support/test-server.js';

const refused = { error: 'FORBIDDEN', message: 'the address of this file is not valid, or no longer' };

let server: TestServer;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer({ ...onDisk, DOWNLOAD_URL_TTL_SECONDS: '2' });
  const alice = await aUser(server);
  prompt = await aPrompt(server, 'greeting').ownedBy(alice).withVersion('1.0.0').make();
});
afterAll(() => server.stop());

async function address(headers: Record<string, string> = {}): Promise<URL> {
  const answer = await call(server, 'GET', `${prompt.path}/versions/1.0.0/download`, { headers });
  return new URL(answer.headers.get('location') ?? '');
}

it('redirects to this server, with an expiry in seconds and a signature in hex', async () => {
  const url = await address();
  expect(url.origin).toBe(server.url);
  expect(url.searchParams.get('expires')).toMatch(/^\d{10}$/);
  expect(url.searchParams.get('signature')).toMatch(/^[0-9a-f]{64}$/);
  const file = await fetch(url);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/gzip']);
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="greeting-1.0.0.tar.gz"');
  const archive = await packageOf({ name: 'greeting', version: '1.0.0' });
  expect(Buffer.from(await file.arrayBuffer()).equals(archive)).toBe(true);
});

it('redirects to the host of the request', async () => {
  const answer = await sendRaw(server, `GET ${prompt.path}/versions/1.0.0/download`, { host: 'prompts.example:8080' });
  expect(answer).toMatch(/\r\nlocation: http:\/\/prompts\.example:8080\/v1\/files\//i);
});

it('ignores headers of proxies unless they are trusted', async () => {
  const url = await address({ 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' });
  expect(url.origin).toBe(server.url);
});

it('ignores the Authorization header', async () => {
  const file = await fetch(await address(), { headers: { authorization: 'Bearer nonsense' } });
  expect(file.status).toBe(200);
});

it.each([
  ['another signature', (url: URL) => url.searchParams.set('signature', '0'.repeat(64))],
  ['a short signature', (url: URL) => url.searchParams.set('signature', '00')],
  ['bytes that do not decode', (url: URL) => (url.search = url.search.replace(/signature=../, 'signature=%ff'))],
  ['no signature', (url: URL) => url.searchParams.delete('signature')],
  ['a later expiry', (url: URL) => url.searchParams.set('expires', '9999999999')],
  ['no expiry', (url: URL) => url.searchParams.delete('expires')],
  ['another file name', (url: URL) => url.searchParams.set('filename', 'evil.exe')],
  ['another type', (url: URL) => url.searchParams.set('type', 'text/html')],
  ['a parameter twice', (url: URL) => url.searchParams.append('expires', '9999999999')],
  ['a parameter more', (url: URL) => url.searchParams.append('x', '1')],
  ['another version', (url: URL) => (url.pathname = url.pathname.replace('1.0.0', '1.0.1'))],
  ['nothing but the path', (url: URL) => (url.search = '')],
])('is 403 with %s', async (_what, change) => {
  const url = await address();
  change(url);
  for (const method of ['GET', 'HEAD']) {
    const answer = await call(server, method, url.pathname + url.search);
    expect(answer.status).toBe(403);
    if (method === 'GET') expect(answer.body).toEqual(refused);
  }
});

it('is 403 after its expiry', async () => {
  const url = await address();
  expect((await fetch(url)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  const answer = await call(server, 'GET', url.pathname + url.search);
  expect([answer.status, answer.body]).toEqual([403, refused]);
});

it('cannot leave its folder', async () => {
  for (const path of [
    '/v1/files/..%2f..%2fjwt-secret',
    '/v1/files/%2e%2e/jwt-secret',
    '/v1/files//etc/passwd',
    '/v1/files/%00',
  ]) {
    const answer = await sendRaw(
      server,
      `GET ${path}?expires=9999999999&signature=${'0'.repeat(64)}&filename=a&type=b`,
    );
    expect([path, statusOf(answer), bodyOf(answer)]).toEqual([path, 403, refused]);
  }
});

it('answers ranges and conditions', async () => {
  const url = await address();
  const archive = await packageOf({ name: 'greeting', version: '1.0.0' });
  const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${archive.length}`]);
  expect(Buffer.from(await part.arrayBuffer()).equals(archive.subarray(10, 20))).toBe(true);
  const etag = part.headers.get('etag') ?? '';
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(url, { headers: { range: `bytes=${archive.length}-` } })).status).toBe(416);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(archive.length)]);
});

describe('PUBLIC_URL', () => {
  it('is the host of the address for requests to any host', async () => {
    const other = await startTestServer({ ...onDisk, PUBLIC_URL: 'https://prompts.example/registry/' });
    const created = await aPrompt(other).withVersion('1.0.0').make();
    const { headers } = await call(other, 'GET', `${created.path}/versions/1.0.0/download`);
    expect(headers.get('location')).toMatch(/^https:\/\/prompts\.example\/registry\/v1\/files\/[^?]+\?expires=/);
    await other.stop();
  });
});

it('are served only without an object store', async () => {
  const other = await startTestServer();
  const answer = await call(other, 'GET', '/v1/files/a/b/1.0.0.tar.gz?expires=1&signature=2');
  await other.stop();
  // Without a container engine the run has no object store, and this server is on disk too.
  const isOnDisk = process.env.PROMPTYARD_TEST_S3 === undefined;
  const expected = isOnDisk ? [403, refused] : [404, { error: 'NOT_FOUND', message: 'not found' }];
  expect([answer.status, answer.body]).toEqual(expected);
});
