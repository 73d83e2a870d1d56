import { hostname } from 'node:os';
import { DomainError, defineError } from '../../../src/common/errors/define-error.js';
import { InternalError, ValidationFailed } from '../../../src/common/errors/catalogue.js';
import { conductorDialect } from '../../../src/protocols/conductor/conductor-errors.js';
import { MissingScope } from '../../../src/auth/auth.errors.js';
import { call } from '../../support/api.js';
import { bodyOf, openRawConnection, sendRaw, requestHead, statusOf } from '../../support/network/raw-http.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { createTestDatabase } from '../../support/test-database.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const error = (status: number, message: string, retryable = false) => ({
  status,
  message,
  instance: hostname(),
  retryable,
});
const ask = async (method: string, path: string, input: Parameters<typeof call>[3] = {}) => {
  const { status, body, headers } = await call(server, method, path, input);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  return [status, body];
};

describe('an unknown path', () => {
  it.each(['/api/token/nothing', '/api/prompts/a/b/c/d', '/api/integrations/def', '/api/integrations/all'])(
    'below the protocol’s paths is 404 in its form: %s',
    async (path) => {
      expect(await ask('GET', path)).toEqual([404, error(404, 'not found')]);
      expect(await ask('POST', path, { json: {} })).toEqual([404, error(404, 'not found')]);
    },
  );

  it.each(['/api/workflow', '/api/metadata/taskdefs', '/api/prompts-of-mine', '/api/'])(
    'of a client of Conductor is 404 in its form: %s',
    async (path) => {
      expect(await ask('GET', path, { xAuthorization: server.adminKey })).toEqual([404, error(404, 'not found')]);
      const registrys = { error: 'NOT_FOUND', message: 'not found' };
      expect(await ask('GET', path)).toEqual([404, registrys]);
    },
  );
});

it.each([
  ['GET', '/api/token', 'OPTIONS, POST'],
  ['PUT', '/api/token/userInfo', 'GET, HEAD, OPTIONS'],
])('answers a method that a path does not have with 405: %s %s', async (method, path, allow) => {
  const { status, body, headers } = await call(server, method, path, { xAuthorization: server.adminKey });
  expect([status, body, headers.get('allow')]).toEqual([405, error(405, 'method not allowed'), allow]);
});

it('answers a body that cannot be parsed with 400', async () => {
  const input = { body: '{"keyId":', headers: { 'content-type': 'application/json' } };
  expect(await ask('POST', '/api/token', input)).toEqual([400, error(400, 'the request could not be parsed')]);
});

it('answers a path that does not decode with 400', async () => {
  for (const path of ['/api/prompts/%zz', '/api/token/%']) {
    const answer = await sendRaw(server, `GET ${path}`, { 'x-authorization': server.adminKey });
    expect([statusOf(answer), bodyOf(answer)]).toEqual([400, error(400, 'the request could not be parsed')]);
  }
});

it('answers an unknown media type on an unknown path with 415', async () => {
  const input = { body: 'text', headers: { 'content-type': 'text/plain' }, xAuthorization: server.adminKey };
  expect(await ask('POST', '/api/workflow', input)).toEqual([415, error(415, 'unsupported media type')]);
});

it.each(['content-length', 'transfer-encoding'])('answers a body that is too large with 413, by its %s', async (by) => {
  const conversation = await openRawConnection(server);
  const bytes = 3 * 1024 * 1024;
  const head = { 'content-type': 'application/json', [by]: by === 'content-length' ? bytes : 'chunked' };
  conversation.send(requestHead('POST /api/token', head));
  if (by === 'transfer-encoding') {
    conversation.send(Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), Buffer.alloc(bytes, ' ')]));
  }
  const answer = await conversation.waitFor(/\}$/);
  conversation.close();
  expect([statusOf(answer), bodyOf(answer)]).toEqual([413, error(413, 'payload too large')]);
});

it('answers too many requests with 429', async () => {
  const impatient = await startTestServer({ RATE_LIMIT_PER_MINUTE: '1' });
  try {
    await call(impatient, 'GET', '/api/token/userInfo');
    const { status, body, headers } = await call(impatient, 'GET', '/api/token/userInfo');
    expect([status, body]).toEqual([429, error(429, 'too many requests')]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await impatient.stop();
  }
});

it('answers an unavailable database with a retryable 503', async () => {
  const database = await createTestDatabase();
  const proxy = await TcpProxy.to(database.url);
  const fragile = await startTestServer({ DATABASE_URL: proxy.url });
  try {
    proxy.cut();
    const { status, body, headers } = await call(fragile, 'GET', '/api/token/userInfo', {
      xAuthorization: fragile.adminKey,
    });
    expect([status, body]).toEqual([503, error(503, 'the database does not answer', true)]);
    expect(headers.get('retry-after')).toBe('2');
  } finally {
    proxy.restore();
    await fragile.stop();
    await proxy.close();
    await database.drop();
  }
});

describe('the dialect', () => {
  const bodyFor = (thrown: DomainError) => conductorDialect.bodyOf(thrown, 'host');

  it('has one status for invalid requests', () => {
    const statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503];
    const answered = statuses.map((status) => conductorDialect.statusOf(defineError('X', status, 'x')()));
    expect(answered).toEqual([400, 401, 403, 404, 405, 400, 400, 413, 415, 400, 429, 500, 503]);
  });

  it('repeats the status in the body, and says whether a retry helps', () => {
    expect(bodyFor(defineError('X', 422, 'no')())).toEqual({
      status: 400,
      message: 'no',
      instance: 'host',
      retryable: false,
    });
    expect(bodyFor(InternalError())).toMatchObject({ status: 500, message: 'internal error', retryable: true });
    expect(bodyFor(InternalError(undefined, { cause: new Error('secret') }))).not.toHaveProperty('cause');
  });

  it('puts all reasons into one message', () => {
    const problems = ValidationFailed({ description: 'is required', version: 'must be at least 1' });
    expect(bodyFor(problems)).toMatchObject({ message: 'description is required; version must be at least 1' });
    expect(bodyFor(MissingScope({ scope: 'prompts:write' }))).toMatchObject({
      message: 'missing scope: prompts:write',
    });
    expect(bodyFor(ValidationFailed())).toMatchObject({ message: 'validation failed' });
    expect(bodyFor(defineError('X', 404, 'no')({ nested: { a: 1 } }))).toMatchObject({ message: 'no' });
  });

  it('has a code only for tokens', () => {
    expect(bodyFor(defineError('UNAUTHORIZED', 401, 'something else')())).not.toHaveProperty('error');
    expect(bodyFor(MissingScope())).not.toHaveProperty('error');
  });
});
