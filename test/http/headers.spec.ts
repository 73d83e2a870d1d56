import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
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

describe('X-Request-Id', () => {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  const echoed = async (id: string | undefined, path = '/v1/prompts') => {
    const { headers } = await call(server, 'GET', path, { headers: id === undefined ? {} : { 'x-request-id': id } });
    return headers.get('x-request-id');
  };

  it('is echoed on success and on every kind of error', async () => {
    expect(await echoed('abc-123/DEF')).toBe('abc-123/DEF');
    for (const path of ['/v1/nothing', '/v1/prompts/nobody/nothing', '/v1/me', '/v1/prompts?limit=0']) {
      expect(await echoed('of-an-error', path)).toBe('of-an-error');
    }
  });

  it('is generated for each request without one', async () => {
    const [first, second] = [await echoed(undefined), await echoed(undefined)];
    expect(first).toMatch(uuid);
    expect(second).toMatch(uuid);
    expect(first).not.toBe(second);
  });

  it.each(['', 'two words', 'x'.repeat(129), 'caf\u00e9'])('is generated if it is unusable: %s', async (id) => {
    expect(await echoed(id)).toMatch(uuid);
  });

  it('is not in the body of an error', async () => {
    const { text } = await call(server, 'GET', '/v1/me', { headers: { 'x-request-id': 'find-me' } });
    expect(text).not.toContain('find-me');
  });
});

describe('ETag', () => {
  const paths = [
    ['a prompt by path', () => prompt.path],
    ['a prompt by id', () => prompt.idPath],
    ['a version list', () => `${prompt.path}/versions`],
    ['a version', () => `${prompt.path}/versions/1.0.0`],
  ] as const;

  it.each(paths)('spares the body of %s', async (_what, path) => {
    const { headers } = await call(server, 'GET', path());
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const again = await call(server, 'GET', path(), { headers: { 'if-none-match': etag } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    const head = await call(server, 'HEAD', path(), { headers: { 'if-none-match': etag } });
    expect(head.status).toBe(304);
  });

  it.each([
    ['a list', (etag: string) => `"other", ${etag}`, 304],
    ['a weak tag', (etag: string) => `W/${etag}`, 304],
    ['a star', () => '*', 304],
    ['another tag', () => '"other"', 200],
    ['a tag without quotes', (etag: string) => etag.slice(1, -1), 200],
    ['nothing', () => '', 200],
  ])('is compared with %s', async (_what, write, status) => {
    const { headers } = await call(server, 'GET', prompt.path);
    const wanted = write(headers.get('etag') ?? '');
    expect((await call(server, 'GET', prompt.path, { headers: { 'if-none-match': wanted } })).status).toBe(status);
  });

  it('changes when the prompt does', async () => {
    const other = await aPrompt(server).ownedBy(alice).make();
    const before = await call(server, 'GET', other.path);
    await call(server, 'PATCH', other.idPath, { token: alice.key, json: { description: 'Another.' } });
    const wanted = { headers: { 'if-none-match': before.headers.get('etag') ?? '' } };
    expect((await call(server, 'GET', other.path, wanted)).status).toBe(200);
  });

  it('is absent from errors and redirects', async () => {
    for (const path of ['/v1/prompts/nobody/nothing', `${prompt.path}/versions/1.0.0/download`]) {
      const { headers } = await call(server, 'GET', path, { headers: { 'if-none-match': '*' } });
      expect(headers.get('etag')).toBeNull();
    }
  });

  it('gives no 304 to callers who may not read', async () => {
    const hidden = await aPrompt(server).ownedBy(alice).private().make();
    const { headers } = await call(server, 'GET', hidden.path, { token: alice.key });
    const wanted = { headers: { 'if-none-match': headers.get('etag') ?? '' } };
    expect((await call(server, 'GET', hidden.path, wanted)).status).toBe(404);
  });
});

describe('caches', () => {
  it('may not share answers for a signed-in caller', async () => {
    for (const path of ['/v1/me', '/v1/api-keys', '/v1/prompts', prompt.path]) {
      const { headers } = await call(server, 'GET', path, { token: alice.key });
      expect([path, headers.get('cache-control')]).toEqual([path, 'private']);
    }
  });

  it('keep anonymous answers apart from those for callers', async () => {
    const { headers } = await call(server, 'GET', prompt.path);
    expect(headers.get('cache-control')).toBeNull();
    expect(headers.get('vary')).toBe('Authorization');
  });

  // What is streamed has no known length, so that it is compressed for clients that take it.
  const everything = 'Authorization, X-Authorization, X-API-Key, Cookie, accept-encoding';
  it.each([
    ['/api/prompts', { 'x-authorization': '' }, everything],
    ['/api/prompts/', { 'x-api-key': '' }, everything],
    ['/api/v1/prompts/', { authorization: 'Bearer ' }, 'Authorization, X-API-Key, Cookie, accept-encoding'],
    ['/api/v1/prompts/list', { cookie: 'token=' }, 'Authorization, X-API-Key, Cookie'],
    ['/v1/prompts', { authorization: 'Bearer ' }, 'Authorization'],
  ])('get %j for %s, streamed or not, for HEAD and for 304', async (path, header, vary) => {
    const headers = Object.fromEntries(Object.entries(header).map(([name, before]) => [name, before + alice.key]));
    for (const method of ['GET', 'HEAD']) {
      const answer = await call(server, method, path, { headers });
      const first = [answer.status, answer.headers.get('cache-control'), answer.headers.get('vary')];
      expect(first).toEqual([200, 'private', vary]);
      const etag = answer.headers.get('etag');
      if (etag === null) continue;
      const again = await readAgain(etag, (tag) =>
        call(server, method, path, { headers: { ...headers, 'if-none-match': tag } }),
      );
      const second = [again.status, again.headers.get('cache-control'), again.headers.get('vary')];
      expect(second).toEqual([304, 'private', vary]);
    }
  });

  it('get the other headers that an answer depends on', async () => {
    const own = await startTestServer({ CORS_ORIGINS: 'https://app.example' });
    try {
      const { headers } = await call(own, 'GET', '/v1/prompts', { headers: { origin: 'https://app.example' } });
      expect(headers.get('vary')).toBe('Origin, Authorization');
    } finally {
      await own.stop();
    }
  });

  it('must not store tokens', async () => {
    const login = await call(server, 'POST', '/v1/auth/login', {
      json: { username: 'alice', password: alice.password },
    });
    const token = await call(server, 'POST', '/api/token', { json: { email: alice.email, password: alice.password } });
    expect([login, token].map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([
      [200, 'no-store'],
      [200, 'no-store'],
    ]);
  });

  it('must not store errors', async () => {
    const { headers } = await call(server, 'GET', '/v1/prompts/nobody/nothing');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

it('sends security headers for browsers', async () => {
  for (const path of ['/v1/prompts', '/', '/docs', '/v1/nothing', '/v1/me']) {
    const { headers } = await call(server, 'GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  }
});

it('names its scheme on every 401', async () => {
  for (const options of [{}, { token: 'wrong' }]) {
    const { headers } = await call(server, 'GET', '/v1/me', options);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  }
});

it('allows no other origin by default', async () => {
  for (const method of ['GET', 'OPTIONS']) {
    const asked = { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' };
    const { headers } = await call(server, method, '/v1/prompts', { headers: asked });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

/** Reads again until nothing has changed: a roll-up of downloads between two reads gives a list another tag. */
async function readAgain(etag: string, read: (etag: string) => ReturnType<typeof call>, attempts = 5) {
  let answer = await read(etag);
  for (let attempt = 1; attempt < attempts && answer.status === 200; attempt += 1) {
    answer = await read(answer.headers.get('etag') ?? etag);
  }
  return answer;
}
