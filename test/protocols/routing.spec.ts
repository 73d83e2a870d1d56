import { type Protocol, protocolOf } from '../../src/common/protocol.js';
import { call } from '../support/api.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

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
type CredentialHeader = keyof typeof credentials;
const everything = Object.keys(credentials) as CredentialHeader[];

const byXAuthorization: readonly CredentialHeader[] = [
  'X-Authorization',
  'an empty X-Authorization',
  'X-Authorization and a bearer token',
];
const byNoneOfBoth: readonly CredentialHeader[] = ['none', 'Basic credentials', 'another cookie'];
const byOpenWebUi = everything.filter(
  (credentialHeader) => ![...byXAuthorization, ...byNoneOfBoth].includes(credentialHeader),
);

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
const unauthenticated = ['/api/nothing', '/api/tokens', '/api/promptss', '/api/auth/authorizations', '/api/'];
const ofRegistry = ['/', '/api', '/apis/prompts', '/v1/prompts', '/v1/api/prompts', '/%61pi/prompts'];

/** The protocol of each path for each kind of credentials. */
const table = [
  ...shared.flatMap((path) =>
    everything.map((credentialHeader): [string, CredentialHeader, Protocol] => {
      const isHere = [...byXAuthorization, ...byNoneOfBoth].includes(credentialHeader);
      return [path, credentialHeader, isHere ? 'conductor' : 'open-webui'];
    }),
  ),
  ...rowsFor(ofConductor, () => 'conductor'),
  ...rowsFor(ofOpenWebUi, () => 'open-webui'),
  ...rowsFor(unauthenticated, (credentialHeader) =>
    byXAuthorization.includes(credentialHeader) ? 'conductor' : 'registry',
  ),
  ...rowsFor(ofRegistry, () => 'registry'),
];

function rowsFor(paths: readonly string[], protocol: (credentialHeader: CredentialHeader) => Protocol) {
  return paths.flatMap((path) =>
    everything.map((credentialHeader): [string, CredentialHeader, Protocol] => [
      path,
      credentialHeader,
      protocol(credentialHeader),
    ]),
  );
}

describe('a request', () => {
  it.each(table)('to %s with %s uses the protocol %s', (path, credentialHeader, protocol) => {
    const headers = credentials[credentialHeader];
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
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];

  it.each(byOpenWebUi)('refuses %s on a shared path as Open WebUI does', async (credentialHeader) => {
    for (const path of [...shared, ...shared.map((each) => each.replace('/prompts', '/v1/prompts'))]) {
      const end = /[a-z]*$/.exec(path)?.[0] ?? '';
      const own = end === 'create' ? 'POST' : 'GET';
      for (const method of methods) {
        const { status, body } = await ask(method, path, credentials[credentialHeader]);
        // A cookie allows no write for a request without an origin.
        const isNothing = method === 'POST' && credentialHeader.startsWith('the session cookie');
        const refused = [401, isNothing ? 'Not authenticated' : '401 Unauthorized'];
        const expected = method === own ? refused : [405, 'Method Not Allowed'];
        expect({ method, path, answer: [status, body.detail] }).toEqual({ method, path, answer: expected });
      }
    }
  });

  it.each(everything)('answers as Open WebUI on its own paths with %s', async (credentialHeader) => {
    for (const path of ['/api/prompts/id/1', '/api/prompts/command/greet', '/api/v1/prompts/id/1']) {
      const { status, body } = await ask('GET', path, credentials[credentialHeader]);
      const isNothing =
        !byOpenWebUi.includes(credentialHeader) && credentialHeader !== 'X-Authorization and a bearer token';
      expect([status, body]).toEqual([401, { detail: isNothing ? 'Not authenticated' : '401 Unauthorized' }]);
    }
  });

  it.each([
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/prompts/nothing',
    '/api/prompts/id/',
    '/api/v1/prompts//',
  ])('answers 404 at %s', async (path) => {
    for (const input of [{}, { token: server.adminKey }]) {
      const { status, body } = await call(server, 'GET', path, input);
      expect([status, body]).toEqual([404, { detail: 'Not Found' }]);
    }
  });

  it.each([
    '/api/prompts',
    '/api/prompts/',
    '/api/v1/prompts',
    '/api/v1/prompts/',
    '/api/prompts/list',
    '/api/prompts/tags',
  ])('lists commands at %s', async (path) => {
    for (const end of ['', '?a=b']) {
      expect((await call(server, 'GET', path + end, { token: server.adminKey })).status).toBe(200);
    }
  });

  it.each([...byXAuthorization, ...byNoneOfBoth])(
    'refuses %s on a shared path as Conductor does',
    async (credentialHeader) => {
      for (const path of ['/api/prompts', '/api/prompts/']) {
        for (const method of ['GET', 'POST']) {
          const { status, body } = await ask(method, path, credentials[credentialHeader]);
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

  it('has no operation at a path with another spelling', async () => {
    for (const path of ['/%61pi/token', '/API/token', '/api//token', '/api/token/']) {
      const { status } = await call(server, 'POST', path, { json: { keyId: 'a', keySecret: 'b' } });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('serves the registry’s routes also to clients that send X-Authorization', async () => {
    const { status } = await call(server, 'GET', '/v1/me', { token: server.adminKey, xAuthorization: 'stale' });
    expect(status).toBe(200);
  });

  it('identifies the caller by X-Authorization if both headers are sent', async () => {
    const input = { token: server.adminKey, xAuthorization: 'pyd_wrong' };
    expect((await call(server, 'GET', '/api/token/userInfo', input)).status).toBe(401);
    const swapped = { token: 'pyd_wrong', xAuthorization: server.adminKey };
    expect((await call(server, 'GET', '/api/token/userInfo', swapped)).status).toBe(200);
  });
});
