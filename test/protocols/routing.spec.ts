import { type Protocol, protocolOf } from '../../../src/common/protocol.js';
import { call } from '../../support/api.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

const credentials = {
  'X-Authorization': { 'x-authorization': 'a.b.c' },
  'an empty X-Authorization': { 'x-authorization': '' },
  none: {},
  'Basic credentials': { authorization: 'Basic YWxpY2U6c2VjcmV0' },
  'another cookie': { cookie: 'session=1; csrftoken=2' },
  'a bearer token': { authorization: 'Bearer a.b.c' },
  'a bearer token in lower case': { authorization: 'bearer a.b.c' },
  'x-api-key': { 'x-api-key': 'a' },
  'the session cookie': { cookie: 'theme=dark; token=a.b.c' },
  'the session cookie alone': { cookie: 'token=a.b.c' },
  'X-Authorization and a bearer token': { 'x-authorization': 'a', authorization: 'Bearer b', cookie: 'token=c' },
} as const;
type Presented = keyof typeof credentials;
const everything = Object.keys(credentials) as Presented[];

const byXAuthorization: readonly Presented[] = [
  'X-Authorization',
  'an empty X-Authorization',
  'X-Authorization and a bearer token',
];
const byNoneOfBoth: readonly Presented[] = ['none', 'Basic credentials', 'another cookie'];

const shared = ['', '/', '/create', '/tags', '/list'].map((end) => `/api/prompts${end}`);
const ofConductor = [
  '/api/token',
  '/api/token/userInfo',
  '/api/prompts/greeting',
  '/api/prompts/greeting/versions/1',
  '/api/prompts/greeting/tags',
  '/api/prompts/a%2Fb',
  '/api/prompts/test',
  '/api/prompts/id',
  '/api/prompts/command',
  '/api/prompts/create/tags',
  '/api/prompts/identity/x',
  '/api/integrations/provider',
  '/api/auth/authorization',
];
const ofOpenWebUi = [
  '/api/prompts/id/1',
  '/api/prompts/id/',
  '/api/prompts/command/greet',
  '/api/v1',
  '/api/v1/prompts/',
];
const ofNobody = ['/api/nothing', '/api/tokens', '/api/promptss', '/api/auth/authorizations', '/api/'];
const ofRegistry = ['/', '/api', '/apis/prompts', '/v1/prompts', '/v1/api/prompts', '/%61pi/prompts'];

/** Each path, through whatever a request presents, with the protocol that it comes through. */
const table = [
  ...shared.flatMap((path) =>
    everything.map((presented): [string, Presented, Protocol] => {
      const isHere = [...byXAuthorization, ...byNoneOfBoth].includes(presented);
      return [path, presented, isHere ? 'conductor' : 'open-webui'];
    }),
  ),
  ...rowsFor(ofConductor, () => 'conductor'),
  ...rowsFor(ofOpenWebUi, () => 'open-webui'),
  ...rowsFor(ofNobody, (presented) => (byXAuthorization.includes(presented) ? 'conductor' : 'registry')),
  ...rowsFor(ofRegistry, () => 'registry'),
];

function rowsFor(paths: readonly string[], protocol: (presented: Presented) => Protocol) {
  return paths.flatMap((path) =>
    everything.map((presented): [string, Presented, Protocol] => [path, presented, protocol(presented)]),
  );
}

describe('a request', () => {
  it.each(table)('to %s with %s comes through %s', (path, presented, protocol) => {
    const headers = credentials[presented];
    const targets = [path, `${path}?a=/api/prompts`, `http://registry.test${path}`, `HTTPS://registry.test:1${path}?`];
    expect(targets.map((url) => protocolOf({ url, headers }))).toEqual(targets.map(() => protocol));
  });
});

describe('the server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const ask = (method: string, path: string, headers: Readonly<Record<string, string>>) =>
    call(server, method, path, { headers, ...(method === 'POST' ? { json: [] } : {}) });
  const notFound = { error: 'NOT_FOUND', message: 'not found' };
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];

  it.each(everything.filter((presented) => !shared.some((path) => isConductors(path, presented))))(
    'has nothing on a shared path for a request with %s',
    async (presented) => {
      for (const path of shared) {
        for (const method of methods) {
          const { status, body } = await ask(method, path, credentials[presented]);
          expect({ method, path, status, body }).toEqual({ method, path, status: 404, body: notFound });
        }
      }
    },
  );

  it.each([...byXAuthorization, ...byNoneOfBoth])(
    'refuses %s on a shared path as Conductor does',
    async (presented) => {
      for (const path of ['/api/prompts', '/api/prompts/']) {
        for (const method of ['GET', 'POST']) {
          const { status, body } = await ask(method, path, credentials[presented]);
          expect([status, body.status, body.error, body.retryable]).toEqual([401, 401, 'INVALID_TOKEN', false]);
        }
      }
    },
  );

  it.each(['/api/prompts', '/api/prompts/'])('lists templates at %s', async (path) => {
    for (const end of ['', '?a=b']) {
      const { status } = await call(server, 'GET', path + end, { xAuthorization: server.adminKey });
      expect(status).toBe(200);
    }
  });

  it('has none of its operations at a path that is spelled differently', async () => {
    for (const path of ['/%61pi/token', '/API/token', '/api//token', '/api/token/']) {
      const { status } = await call(server, 'POST', path, { json: { keyId: 'a', keySecret: 'b' } });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('keeps the registry’s routes from nobody who sends X-Authorization too', async () => {
    const { status } = await call(server, 'GET', '/v1/me', { token: server.adminKey, xAuthorization: 'stale' });
    expect(status).toBe(200);
  });

  it('knows the caller by X-Authorization alone where both are sent', async () => {
    const wish = { token: server.adminKey, xAuthorization: 'pyd_wrong' };
    expect((await call(server, 'GET', '/api/token/userInfo', wish)).status).toBe(401);
    const swapped = { token: 'pyd_wrong', xAuthorization: server.adminKey };
    expect((await call(server, 'GET', '/api/token/userInfo', swapped)).status).toBe(200);
  });
});

function isConductors(url: string, presented: Presented): boolean {
  return protocolOf({ url, headers: credentials[presented] }) === 'conductor';
}
