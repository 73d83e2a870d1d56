import { randomUUID } from 'node:crypto';
import { SessionTokenService } from '../../../../src/auth/credentials/session-token.service.js';
import { newApiKeySecret } from '../../../../src/auth/credentials/api-keys/api-key-secret.js';
import { call } from '../../../support/api.js';
import { aKey, aUser, type TestUser } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { aForeignToken, type Headers, statusAndBody, refusals, signIn, detailOf, whoAmI } from './sessions.js';

let server: OpenTestServer;
let alice: TestUser;
let bob: TestUser;
let carol: TestUser;
beforeAll(async () => {
  server = await startOpenTestServer();
  alice = await aUser(server, { username: 'alice' });
  bob = await aUser(server, { username: 'bob' });
  carol = await aUser(server, { username: 'carol' });
});
afterAll(() => server.stop());

const sessionOf = async ({ email, password }: TestUser) => (await signIn(server, { email, password })).body.token;
const ask = (headers: Headers) => whoAmI(server, { headers });
const nameOf = async (headers: Headers) => (await ask(headers)).body.name;

describe('good ones', () => {
  it('are keys and sessions, as a bearer, in x-api-key or in the cookie', async () => {
    for (const token of [alice.key, await sessionOf(alice)]) {
      const places: Headers[] = [
        { authorization: `Bearer ${token}` },
        { authorization: `bearer ${token}` },
        { 'x-api-key': token },
        { 'x-api-key': `Bearer ${token}` },
        { cookie: `token=${token}` },
        { cookie: `a=b; token=${token}; c=d` },
      ];
      for (const headers of places) {
        expect(statusAndBody(await ask(headers))).toMatchObject([200, { name: 'alice', token }]);
      }
    }
  });

  it('are also sessions of the log-in on /v1 and of Conductor', async () => {
    const json = { username: 'alice', password: alice.password };
    const { body } = await call(server, 'POST', '/v1/auth/login', { json });
    expect(await nameOf({ authorization: `Bearer ${body.token}` })).toBe('alice');
    const exchanged = await call(server, 'POST', '/api/token', {
      json: { email: alice.email, password: alice.password },
    });
    expect(await nameOf({ 'x-api-key': exchanged.body.token })).toBe('alice');
  });

  it('count in the order bearer, x-api-key, cookie', async () => {
    const bearer = { authorization: `Bearer ${alice.key}` };
    const apiKey = { 'x-api-key': bob.key };
    const cookie = { cookie: `token=${carol.key}` };
    expect(await nameOf({ ...cookie, ...apiKey, ...bearer })).toBe('alice');
    expect(await nameOf({ ...cookie, ...apiKey })).toBe('bob');
    expect(await nameOf({ ...cookie, ...bearer })).toBe('alice');
  });

  it('may follow places without credentials', async () => {
    const cookie = { cookie: `token=${carol.key}` };
    expect(await nameOf({ ...cookie, authorization: 'Basic YTpi', 'x-api-key': '' })).toBe('carol');
  });

  it('do not replace invalid ones in an earlier place', async () => {
    const headers = { authorization: 'Bearer nonsense', 'x-api-key': bob.key };
    expect(statusAndBody(await ask(headers))).toEqual(detailOf(401, refusals.bad));
  });
});

describe('none', () => {
  it.each([
    ['nothing', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a bearer of nothing', { authorization: 'Bearer ' }],
    ['an empty key', { 'x-api-key': '' }],
    ['an empty cookie', { cookie: 'token=' }],
    ['another cookie', { cookie: 'mytoken=x' }],
  ])('is %s', async (_, headers) => {
    const answer = await ask(headers);
    expect(statusAndBody(answer)).toEqual(detailOf(401, refusals.missing));
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('bad ones', () => {
  const refused = async (token: string) => statusAndBody(await whoAmI(server, { token }));
  const tokens = () => server.app.get(SessionTokenService, { strict: false });

  it('are unknown, revoked and expired keys', async () => {
    for (const key of [
      newApiKeySecret(),
      await aKey(server, alice.id, { isRevoked: true }),
      await aKey(server, alice.id, { expiresAt: new Date(Date.now() - 1000) }),
    ]) {
      expect(await refused(key)).toEqual(detailOf(401, refusals.bad));
    }
  });

  it('are sessions that have ended and tokens of others', async () => {
    const ended = await tokens().issue({ userId: alice.id, passwordVersion: 1, keyId: undefined }, -1);
    for (const token of [ended.token, aForeignToken(), 'nonsense', 'a.b.c']) {
      expect(await refused(token)).toEqual(detailOf(401, refusals.bad));
    }
  });

  it('are valid tokens of missing users, with a message that says so', async () => {
    const { token } = await tokens().issue({ userId: randomUUID(), passwordVersion: 1, keyId: undefined });
    expect(await refused(token)).toEqual(detailOf(401, refusals.unknown));
    expect(statusAndBody(await ask({ 'x-api-key': token }))).toEqual(detailOf(401, refusals.unknown));
    expect((await call(server, 'GET', '/v1/me', { token })).body.message).toBe('invalid access token');
  });

  it('are keys of users who are pending again', async () => {
    const dora = await aUser(server, { username: 'dora' });
    const session = await sessionOf(dora);
    const json = { role: 'pending' };
    expect((await call(server, 'PATCH', `/v1/users/${dora.id}`, { token: server.adminKey, json })).status).toBe(200);
    expect(await refused(dora.key)).toEqual(detailOf(401, refusals.bad));
    expect((await whoAmI(server, { token: session })).body.role).toBe('pending');
    const groups = await call(server, 'GET', '/api/v1/groups/', { token: session });
    expect(statusAndBody(groups)).toEqual(detailOf(401, refusals.prohibited));
  });
});
