import { call } from '../support/api.js';
import { aUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

describe('CORS_ORIGINS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ CORS_ORIGINS: 'https://a.example, https://b.example' });
  });
  afterAll(() => server.stop());

  const ask = (method: string, origin: string, path = '/v1/prompts') =>
    call(server, method, path, {
      headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' },
    });

  it.each(['https://a.example', 'https://b.example'])(
    'lets %s call, and read the headers that clients need',
    async (origin) => {
      const { headers } = await ask('GET', origin);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toBe('ETag, Link, Location, Retry-After, X-Request-Id');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')?.split(', ')).toEqual(expect.arrayContaining(['Origin', 'Authorization']));
    },
  );

  it('answers preflights', async () => {
    const { status, headers } = await ask('OPTIONS', 'https://a.example');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
    expect(headers.get('access-control-allow-headers')).toBe('authorization');
  });

  it('lets pages read errors too', async () => {
    for (const [path, error] of [
      ['/v1/me', 401],
      ['/v1/nothing', 404],
      ['/v1/auth/login', 405],
      ['/v1/prompts?limit=0', 422],
    ] as const) {
      const { status, headers } = await ask('GET', 'https://a.example', path);
      expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, error, 'https://a.example']);
    }
  });

  it('handles an OPTIONS that is no preflight as usual', async () => {
    const { status, text } = await call(server, 'OPTIONS', '/v1/prompts');
    expect([status, text]).toEqual([204, '']);
  });

  it('lets no other origin', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(method, 'https://evil.example');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('RATE_LIMIT_PER_MINUTE', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ RATE_LIMIT_PER_MINUTE: '20' });
  });
  afterAll(() => server.stop());

  it('refuses requests above it, and says when to retry', async () => {
    const statuses = [];
    for (let index = 0; index < 20; index += 1) statuses.push((await call(server, 'GET', '/v1/prompts')).status);
    expect(statuses).toEqual(statuses.map(() => 200));
    const { status, body, headers } = await call(server, 'GET', '/v1/prompts');
    expect([status, body]).toEqual([429, { error: 'RATE_LIMITED', message: 'too many requests' }]);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});

it('sets no limit by default', async () => {
  const server = await startTestServer();
  const { key } = await aUser(server);
  const answers = await Promise.all(Array.from({ length: 300 }, () => call(server, 'GET', '/v1/me', { token: key })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await server.stop();
});
