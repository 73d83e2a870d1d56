import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { call } from '../../support/api.js';
import { aRevision } from '../../support/history.js';
import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import { onDisk, startTestServer, type TestServer } from '../../support/test-server.js';
import { aUser, type TestUser } from '../../support/users.js';
import { ask, varyOf } from './raw-answer.js';

const versions = Array.from({ length: 12 }, (_, index) => `1.${index}.0`);

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
let assets: string;
beforeAll(async () => {
  server = await startTestServer(onDisk);
  alice = await aUser(server, { username: 'alice' });
  prompt = await aPrompt(server, 'long')
    .ownedBy(alice)
    .withVersion(...versions)
    .make();
  await aRevision(server, prompt, alice.key, 'A long text. '.repeat(200), { labels: ['production'] });
  await call(server, 'POST', '/api/prompts/template?description=Long', {
    xAuthorization: server.adminKey,
    json: 'Another long text. '.repeat(200),
  });
  assets = /docs\/assets\/[^/"]+/.exec((await ask(server, '/docs')).text)?.[0] ?? '';
});
afterAll(() => server.stop());

const kinds: readonly (readonly [string, () => string, () => Record<string, string>])[] = [
  ['the document', () => '/openapi.json', () => ({})],
  ['the document as YAML', () => '/openapi.yaml', () => ({})],
  ['a script of the documentation', () => `/${assets}/swagger-ui-bundle.js`, () => ({})],
  ['a style sheet of the documentation', () => `/${assets}/swagger-ui.css`, () => ({})],
  ['a cached list', () => `${prompt.path}/versions`, () => ({})],
  ['a resolved revision', () => `${prompt.path}/resolve`, () => ({})],
  ['a list for a caller', () => `${prompt.path}/revisions`, () => ({ authorization: `Bearer ${alice.key}` })],
  ['a stream of Conductor', () => '/api/prompts', () => ({ 'x-authorization': server.adminKey })],
  ['a stream of Open WebUI', () => '/api/v1/prompts/', () => ({ authorization: `Bearer ${server.adminKey}` })],
];

const choices: readonly (readonly [string | undefined, 'br' | 'gzip' | undefined])[] = [
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=0.9, br;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['*', 'gzip'],
  ['identity', undefined],
  ['identity, gzip;q=0.5', undefined],
  ['gzip;q=0', undefined],
  ['*;q=0', undefined],
  ['', undefined],
  ['zstd, deflate', undefined],
  [';;q=,,=br q', undefined],
  [undefined, undefined],
];

describe.each(kinds)('%s', (_kind, path, credentials) => {
  it.each(choices)('is sent to clients that accept %j with the coding %j', async (accepted, encoding) => {
    const plain = await ask(server, path(), credentials());
    const accepting = { ...credentials(), ...(accepted === undefined ? {} : { 'accept-encoding': accepted }) };
    const answer = await ask(server, path(), accepting);
    expect([answer.status, answer.headers['content-encoding']]).toEqual([200, encoding]);
    expect(answer.text).toBe(plain.text);
    expect(varyOf(answer).filter((name) => name === 'accept-encoding')).toHaveLength(1);
    expect(varyOf(plain)).toEqual(varyOf(answer));
    if (encoding) expect(answer.bytes.length).toBeLessThan(plain.bytes.length / 2);
    if (answer.headers['content-length'] !== undefined)
      expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
  });

  it('has a weak ETag if it is compressed, which the other forms take as well', async () => {
    const plain = await ask(server, path(), credentials());
    const { etag } = plain.headers;
    if (etag === undefined) return;
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const encoding of ['br', 'gzip', undefined]) {
      const accepting = { ...credentials(), ...(encoding ? { 'accept-encoding': encoding } : {}) };
      const answer = await ask(server, path(), accepting);
      expect(answer.headers.etag).toBe(encoding ? `W/${etag}` : etag);
      for (const tag of [etag, `W/${etag}`, `"other", W/${etag}`]) {
        const again = await ask(server, path(), { ...accepting, 'if-none-match': tag });
        expect([again.status, again.bytes.length, again.headers['content-encoding']]).toEqual([304, 0, undefined]);
        expect(varyOf(again)).toEqual(varyOf(answer));
      }
    }
  });

  it.each(['br', 'gzip', 'identity'])('has the headers of GET for HEAD with %s', async (encoding) => {
    const accepting = { ...credentials(), 'accept-encoding': encoding };
    const answer = await ask(server, path(), accepting);
    const head = await ask(server, path(), accepting, 'HEAD');
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    for (const name of ['content-type', 'content-encoding', 'etag', 'vary', 'cache-control'] as const) {
      expect([name, head.headers[name]]).toEqual([name, answer.headers[name]]);
    }
  });
});

it('leaves alone what is short', async () => {
  const { headers } = await ask(server, '/health/live', { 'accept-encoding': 'gzip' });
  expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
});

it('leaves alone images', async () => {
  const { headers, bytes } = await ask(server, `/${assets}/favicon-32x32.png`, { 'accept-encoding': 'gzip' });
  expect([headers['content-type'], headers['content-encoding']]).toEqual(['image/png', undefined]);
  expect(Number(headers['content-length'])).toBe(bytes.length);
});

it('leaves alone packages and their ranges', async () => {
  const { headers } = await ask(server, `${prompt.path}/versions/1.0.0/download`, { 'accept-encoding': 'gzip' });
  const address = new URL(headers.location ?? '');
  const plain = await ask(server, address.pathname + address.search);
  const whole = await ask(server, address.pathname + address.search, { 'accept-encoding': 'br, gzip' });
  expect([whole.status, whole.headers['content-encoding'], whole.headers.etag]).toEqual([
    200,
    undefined,
    plain.headers.etag,
  ]);
  expect(whole.bytes).toEqual(plain.bytes);
  const part = await ask(server, address.pathname + address.search, { 'accept-encoding': 'gzip', range: 'bytes=0-99' });
  expect([part.status, part.headers['content-encoding'], part.bytes.length]).toEqual([206, undefined, 100]);
  expect(part.bytes).toEqual(plain.bytes.subarray(0, 100));
});

it('takes the weak tag of a compressed revision as If-Match', async () => {
  const own = await aPrompt(server, 'guarded').ownedBy(alice).make();
  await aRevision(server, own, alice.key, 'The first text. '.repeat(100), { labels: ['production'] });
  const { headers } = await ask(server, `${own.path}/resolve`, { 'accept-encoding': 'gzip' });
  expect(headers.etag).toMatch(/^W\//);
  const saveWith = (tag: string) =>
    call(server, 'POST', `${own.path}/revisions`, {
      token: alice.key,
      json: { content: 'The second text.' },
      headers: { 'if-match': tag },
    });
  expect((await saveWith(headers.etag ?? '')).status).toBe(201);
  expect((await saveWith(headers.etag ?? '')).status).toBe(412);
});

it('lets caches keep the assets of the documentation forever, and asks them to revalidate the document', async () => {
  const script = await ask(server, `/${assets}/start.js`);
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await ask(server, '/openapi.json')).headers['cache-control']).toBe('no-cache');
  expect((await ask(server, '/docs/assets/0.0.0/start.js')).status).toBe(404);
});

it('goes on when clients disconnect in the middle of a compressed stream', async () => {
  for (let i = 0; i < 20; i += 1) {
    const headers = { 'x-authorization': server.adminKey, 'accept-encoding': i % 2 ? 'br' : 'gzip' };
    const sent = request(`${server.url}/api/prompts`, { headers, agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => undefined).destroy();
  }
  expect((await ask(server, '/health/ready')).status).toBe(200);
});

it('is off where the settings say so', async () => {
  const plain = await startTestServer({ ...onDisk, COMPRESSION: 'false' });
  try {
    for (const path of ['/openapi.json', '/metrics']) {
      const { headers } = await ask(plain, path, { 'accept-encoding': 'gzip, br' });
      expect([path, headers['content-encoding'], headers.vary]).toEqual([path, undefined, undefined]);
    }
  } finally {
    await plain.stop();
  }
});
