import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { bodyOf, sendRaw, statusOf } from '../support/network/raw-http.js';
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

const notFound = (what: string) => ({ error: 'NOT_FOUND', message: what });
const promptNotFound = notFound('prompt not found');
const versionNotFound = notFound('version not found');
const get = async (path: string) => {
  const { status, body } = await call(server, 'GET', path);
  return [status, body];
};
const raw = async (line: string | Buffer) => {
  const answer = await sendRaw(server, line);
  return [statusOf(answer), bodyOf(answer)];
};

describe('an unknown path is 404', () => {
  it.each(['/v1', '/v1/', '/v1/nothing', '/v1/prompts/a/b/c', '/nothing', '/v1/prompts/a/b/versions/1.0.0/download/x'])(
    'as JSON: %s',
    async (path) => {
      const answer = await call(server, 'GET', path);
      expect([answer.status, answer.body]).toEqual([404, notFound('not found')]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('x-request-id')).toBeTruthy();
    },
  );

  it('an id that is no UUID', async () => {
    expect(await get('/v1/prompts/greeting')).toEqual([404, promptNotFound]);
    expect(await get('/v1/prompts/1')).toEqual([404, promptNotFound]);
  });

  it('an owner, a name, a version', async () => {
    expect(await get('/v1/prompts/nobody/greeting')).toEqual([404, promptNotFound]);
    expect(await get('/v1/prompts/alice/nothing')).toEqual([404, promptNotFound]);
    expect(await get('/v1/prompts/nobody/greeting/versions')).toEqual([404, promptNotFound]);
    expect(await get(`${prompt.path}/versions/9.9.9`)).toEqual([404, versionNotFound]);
    expect(await get('/v1/prompts/alice/nothing/versions/1.0.0')).toEqual([404, promptNotFound]);
    expect(await get(`${prompt.path}/downloads?version=9.9.9`)).toEqual([404, versionNotFound]);
  });

  it.each(['latest', '1', '1.0', 'v1.0.0', '01.0.0', '1.0.0 ', '99999999999.0.0', '__proto__', 'null'])(
    'a version called %s',
    async (version) => {
      const path = `${prompt.path}/versions/${encodeURIComponent(version)}`;
      expect(await get(path)).toEqual([404, versionNotFound]);
      expect(await get(`${path}/download`)).toEqual([404, versionNotFound]);
    },
  );

  it('with segments of 8 000 characters, and never 414', async () => {
    const long = 'x'.repeat(8_000);
    expect(await get(`/v1/prompts/${long}`)).toEqual([404, promptNotFound]);
    expect(await get(`/v1/prompts/${long}/greeting`)).toEqual([404, promptNotFound]);
    expect(await get(`/v1/prompts/alice/${long}`)).toEqual([404, promptNotFound]);
    expect(await get(`${prompt.path}/versions/${long}`)).toEqual([404, versionNotFound]);
    expect(await get(`${prompt.path}/versions/${long}/download`)).toEqual([404, versionNotFound]);
  });

  it.each([
    ['/v1/prompts/%00', promptNotFound],
    ['/v1/prompts/%00/greeting', promptNotFound],
    ['/v1/prompts/alice/gree%00ting', promptNotFound],
    ['/v1/prompts/alice/greeting%00/versions', promptNotFound],
    ['/v1/prompts/alice/greeting%00/downloads', promptNotFound],
    ['/v1/prompts/alice/greeting%00/downloads.csv', promptNotFound],
  ])('with NUL: %s', async (path, body) => {
    expect(await get(path)).toEqual([404, body]);
  });

  it('with NUL in a version', async () => {
    for (const path of ['versions/1.0.0%00', 'versions/1.0.0%00/download']) {
      const { status } = await call(server, 'GET', `${prompt.path}/${path}`);
      expect(status).toBe(404);
    }
  });

  it.each(['PATCH', 'DELETE'])('with NUL for %s', async (method) => {
    const { status } = await call(server, method, '/v1/prompts/%00', { token: alice.key, json: { title: 'Other' } });
    expect(status).toBe(404);
  });
});

describe('an encoded slash', () => {
  it('stays inside its segment', async () => {
    expect(await get('/v1/prompts/alice%2Fgreeting')).toEqual([404, promptNotFound]);
    expect(await get('/v1/prompts/alice%2fgreeting/versions')).toEqual([404, promptNotFound]);
    expect(await get('/v1/prompts/alice/greeting%2Fversions')).toEqual([404, promptNotFound]);
    expect(await get(`${prompt.path}/versions/1.0.0%2Fdownload`)).toEqual([404, versionNotFound]);
    expect(await get('/v1%2Fprompts')).toEqual([404, notFound('not found')]);
  });

  it('cannot leave its segment with dots', async () => {
    expect(await raw('GET /v1/prompts/alice/..%2f..%2f..%2fmetrics')).toEqual([404, promptNotFound]);
    expect(await raw('GET /v1/prompts/%2e%2e/users')).toEqual([404, promptNotFound]);
    const [status, body] = await raw('GET /v1/files/../users');
    // Where packages lie in a folder there is such a route, which serves nothing without a signature.
    const isOnDisk = !server.environment.S3_ENDPOINT;
    const refusal = isOnDisk ? { error: 'FORBIDDEN' } : { error: 'NOT_FOUND' };
    expect([status, body]).toMatchObject([isOnDisk ? 403 : 404, refusal]);
  });
});

describe('a path that does not decode', () => {
  it.each(['/v1/prompts/%', '/v1/prompts/%zz', '/v1/prompts/%ff', '/v1/prompts/alice/%c3%28', '/%e0%a4%a'])(
    'is 400: %s',
    async (path) => {
      const answer = await sendRaw(server, `GET ${path}`, { 'x-request-id': 'of-a-test' });
      const body = { error: 'BAD_REQUEST', message: 'the request could not be parsed' };
      expect([statusOf(answer), bodyOf(answer)]).toEqual([400, body]);
      expect(answer.toLowerCase()).toContain('\r\nx-request-id: of-a-test\r\n');
    },
  );

  it('is not 500 when it contains raw bytes', async () => {
    const bytes = Buffer.concat([Buffer.from('GET /v1/prompts/alice/'), Buffer.from([0xff, 0xfe])]);
    expect([400, 404]).toContain(statusOf(await sendRaw(server, bytes)));
  });
});

describe('a trailing slash', () => {
  it.each(['/v1/prompts/', '/v1/prompts/alice/greeting/', '/v1/users/', '/v1/me/'])('is 404: %s', async (path) => {
    const { status, body } = await call(server, 'GET', path, { token: server.adminKey });
    expect([status, body.error]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('a method that a path does not have', () => {
  const methodNotAllowed = { error: 'METHOD_NOT_ALLOWED', message: 'method not allowed' };

  it.each([
    ['PUT', '/v1/prompts', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/v1/prompts', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/v1/prompts/00000000-0000-4000-8000-000000000000', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['POST', '/v1/prompts/alice/greeting', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v1/prompts/alice/greeting/versions/1.0.0', 'GET, HEAD, OPTIONS, PATCH'],
    ['PUT', '/v1/prompts/alice/greeting/versions/1.0.0/download', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/auth/login', 'OPTIONS, POST'],
    ['PATCH', '/v1/me', 'GET, HEAD, OPTIONS'],
  ])('is 405 with Allow: %s %s', async (method, path, allow) => {
    const { status, body, headers } = await call(server, method, path, { token: alice.key });
    expect([status, body, headers.get('allow')]).toEqual([405, methodNotAllowed, allow]);
  });

  it('is 405 before its body is checked', async () => {
    const options = { body: '{', headers: { 'content-type': 'application/json' } };
    expect((await call(server, 'PUT', '/v1/prompts', options)).status).toBe(405);
  });

  it.each([
    ['/v1/prompts', 'GET, HEAD, OPTIONS, POST'],
    ['/v1/prompts/alice/greeting/versions', 'GET, HEAD, OPTIONS'],
    ['/v1/auth/login', 'OPTIONS, POST'],
    ['/health/live', 'GET, HEAD, OPTIONS'],
  ])('is listed by OPTIONS: %s', async (path, allow) => {
    const { status, headers, text } = await call(server, 'OPTIONS', path);
    expect([status, headers.get('allow'), text]).toEqual([204, allow, '']);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is 404 for OPTIONS on an unknown path', async () => {
    expect((await call(server, 'OPTIONS', '/v1/nothing')).status).toBe(404);
  });
});

describe('HEAD', () => {
  it.each([
    '/v1/prompts',
    '/v1/prompts/alice/greeting',
    '/v1/prompts/alice/greeting/versions',
    '/v1/prompts/alice/greeting/versions/1.0.0',
    '/v1/prompts/alice/greeting/downloads',
    '/v1/prompts/alice/greeting/downloads.csv',
    '/v1/prompts/nobody/nothing',
    '/health/live',
    '/openapi.json',
    '/openapi.yaml',
  ])('answers as GET does, without the body: %s', async (path) => {
    // The length is that of the bytes on the way, which the client would unpack.
    const uncompressed = { headers: { 'accept-encoding': 'identity' } };
    const [head, got] = [await call(server, 'HEAD', path, uncompressed), await call(server, 'GET', path, uncompressed)];
    expect([head.status, head.text]).toEqual([got.status, '']);
    for (const name of ['content-type', 'etag', 'cache-control', 'content-disposition']) {
      expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)]);
    }
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(got.text)));
  });
});
