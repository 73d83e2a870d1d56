import { SessionTokenService } from '../../../../src/auth/credentials/session-token.service.js';
import { call } from '../../../support/api.js';
import { aGroup } from '../../../support/grants.js';
import { aKey, aUser, type TestUser, userScopes } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { aKeyPair, expectRefused, tokenFor, userInfo } from './token-calls.js';

let server: OpenTestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startOpenTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

describe('X-Authorization', () => {
  it.each([
    ['a token', async () => tokenFor(server, await aKeyPair(server, alice))],
    ['an API key', () => Promise.resolve(alice.key)],
    [
      'a session of /v1',
      async () => {
        const json = { username: alice.username, password: alice.password };
        return (await call(server, 'POST', '/v1/auth/login', { json })).body.token;
      },
    ],
  ])('is accepted with %s, with or without Bearer', async (_what, make) => {
    const token = await make();
    for (const header of [token, `Bearer ${token}`, `bearer  ${token}`, `${token} `]) {
      expect((await userInfo(server, header)).status).toBe(200);
    }
  });

  it('says that a token has expired, in words and by its code', async () => {
    const [pair, sessions] = [await aKeyPair(server, alice), server.app.get(SessionTokenService, { strict: false })];
    const claims = { userId: alice.id, passwordVersion: 1, keyId: pair.keyId };
    const { token } = await sessions.issue(claims, -1);
    const answer = await userInfo(server, token);
    expectRefused(answer, 'EXPIRED_TOKEN');
    expect(answer.body.message).toBe('the access token has expired');
    expect((await call(server, 'GET', '/v1/me', { token })).body).toEqual({
      error: 'UNAUTHORIZED',
      message: 'invalid access token',
    });
  });

  it('expires at its expiry time', async () => {
    const token = await tokenFor(server, { ...(await aKeyPair(server, alice)), expiration: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expectRefused(await userInfo(server, token), 'EXPIRED_TOKEN');
  });

  it('treats an expired foreign token like any other text', async () => {
    const { token } = await server.app
      .get(SessionTokenService, { strict: false })
      .issue({ userId: alice.id, passwordVersion: 1, keyId: undefined }, -1);
    const [head = '', claims = ''] = token.split('.');
    expectRefused(await userInfo(server, `${head}.${claims}.${'A'.repeat(43)}`), 'INVALID_TOKEN');
  });

  it.each(['', 'Bearer', 'a b', 'a.b.c', 'pyd_wrong', 'x'.repeat(8000), 'Basic YWxpY2U6c2VjcmV0'])(
    'without a valid token is refused: %s',
    async (header) => expectRefused(await userInfo(server, header), 'INVALID_TOKEN'),
  );

  it('is required', async () => {
    const answer = await call(server, 'GET', '/api/token/userInfo', { token: alice.key });
    expectRefused(answer, 'INVALID_TOKEN');
    expect(answer.body.message).toBe('missing token in X-Authorization');
  });

  it('of an expired or revoked key is invalid, not expired', async () => {
    expectRefused(await userInfo(server, await aKey(server, alice.id, { expiresAt: new Date(0) })), 'INVALID_TOKEN');
    expectRefused(await userInfo(server, await aKey(server, alice.id, { isRevoked: true })), 'INVALID_TOKEN');
  });
});

describe('GET /api/token/userInfo', () => {
  it('names the user, their roles and their groups', async () => {
    const bob = await aUser(server, { username: 'bob' });
    const groups = [await aGroup(server, [bob]), await aGroup(server, [bob])];
    await aGroup(server, [alice]);
    const { body, headers } = await userInfo(server, bob.key);
    expect(body).toEqual({
      id: 'bob',
      name: 'bob',
      roles: [{ name: 'USER' }],
      groups: groups
        .map(({ slug }) => slug)
        .sort()
        .map((id) => ({ id, description: '' })),
    });
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['X-Authorization', 'private']);
  });

  it('shows the admin role only to credentials that have it', async () => {
    const { body: me } = await call(server, 'GET', '/v1/me', { token: server.adminKey });
    const weaker = await aKey(server, me.id, { scopes: userScopes });
    expect((await userInfo(server, server.adminKey)).body.roles).toEqual([{ name: 'ADMIN' }]);
    expect((await userInfo(server, weaker)).body.roles).toEqual([{ name: 'USER' }]);
  });
});
