import { call } from '../support/api.js';
import { aKey, aUser, type TestUser } from '../support/users.js';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const login = (json: object) => call(server, 'POST', '/v1/auth/login', { json });
const me = (token: string) => call(server, 'GET', '/v1/me', { token });
const invalidToken = { error: 'UNAUTHORIZED', message: 'invalid access token' };
const wrongPassword = { error: 'UNAUTHORIZED', message: 'invalid username or password' };

describe('POST /v1/auth/login', () => {
  it.each([
    ['name', { username: 'alice' }],
    ['name in capitals', { username: 'ALICE' }],
    ['address', { email: 'alice@example.com' }],
    ['address in capitals', { email: 'Alice@Example.COM' }],
  ])('opens a session of an hour by %s', async (_what, who) => {
    const before = Date.now();
    const { status, body } = await login({ ...who, password: alice.password });
    const token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const expires = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect([status, body]).toEqual([200, { token, token_type: 'Bearer', expires_at: expires }]);
    const minutes = (Date.parse(String(body.expires_at)) - before) / 60_000;
    expect(minutes).toBeGreaterThan(59.9);
    expect(minutes).toBeLessThan(60.1);
    expect((await me(body.token)).body).toMatchObject({ id: alice.id, username: 'alice' });
  });

  it.each([
    ['a wrong password', { username: 'alice', password: 'wrong password' }],
    ['nobody', { username: 'nobody', password: adminPassword }],
    ['an address as a name', { username: 'alice@example.com', password: adminPassword }],
    ['a name as an address', { email: 'alice', password: adminPassword }],
    ['an organization', { username: 'workspace', password: adminPassword }],
    ['an empty password', { username: 'alice', password: '' }],
  ])('refuses %s, always with the same text', async (_what, json) => {
    const { status, body } = await login(json);
    expect([status, body]).toEqual([401, wrongPassword]);
  });

  it.each([
    [{}, ['password', 'username']],
    [{ password: 'x' }, ['username']],
    [{ username: 'alice', email: 'alice@example.com', password: 'x' }, ['username']],
    [{ username: 'alice' }, ['password']],
    [{ username: 1, password: 2 }, ['password', 'username']],
    [{ username: 'a\0', password: 'x' }, ['username']],
  ])('is 422 for %j', async (json, fields) => {
    const { status, body } = await login(json);
    expect([status, body.error]).toEqual([422, 'VALIDATION_ERROR']);
    expect(Object.keys(body.details).sort()).toEqual(fields);
  });

  it('refuses a user who is still pending', async () => {
    const pending = await aUser(server, { role: 'pending' });
    expect((await login({ username: pending.username, password: pending.password })).status).toBe(401);
    expect((await me(pending.key)).body).toEqual(invalidToken);
  });

  it('ignores the Authorization header', async () => {
    const json = { username: 'alice', password: alice.password };
    expect((await call(server, 'POST', '/v1/auth/login', { json, token: 'nonsense' })).status).toBe(200);
  });
});

describe('a session token', () => {
  const session = async (user: TestUser) => {
    return (await login({ username: user.username, password: user.password })).body.token;
  };

  it('is accepted wherever a key is', async () => {
    const token = await session(alice);
    const json = { name: 'by-session', description: '' };
    expect((await call(server, 'POST', '/v1/prompts', { token, json })).status).toBe(201);
    expect((await call(server, 'GET', '/v1/prompts', { token })).status).toBe(200);
  });

  it('ends when the password changes, also by an administrator', async () => {
    const user = await aUser(server);
    const [own, byAdmin] = [await session(user), await session(user)];
    const json = { current_password: user.password, new_password: 'quite another one' };
    expect((await call(server, 'POST', '/v1/me/password', { token: own, json })).status).toBe(204);
    expect((await me(own)).body).toEqual(invalidToken);
    expect((await me(byAdmin)).body).toEqual(invalidToken);

    const again = (await login({ username: user.username, password: 'quite another one' })).body.token;
    const change = { token: server.adminKey, json: { password: 'and one more now' } };
    expect((await call(server, 'PATCH', `/v1/users/${user.id}`, change)).status).toBe(200);
    expect((await me(again)).body).toEqual(invalidToken);
    expect((await me(user.key)).status).toBe(200);
  });

  it('ends when the user is deactivated, and works again afterwards', async () => {
    const user = await aUser(server);
    const token = await session(user);
    const role = (json: object) => call(server, 'PATCH', `/v1/users/${user.id}`, { token: server.adminKey, json });
    await role({ role: 'pending' });
    expect((await me(token)).body).toEqual(invalidToken);
    expect((await me(user.key)).body).toEqual(invalidToken);
    await role({ role: 'user' });
    expect((await me(token)).status).toBe(200);
  });

  it('loses admin rights together with the role', async () => {
    const user = await aUser(server, { role: 'admin' });
    const token = await session(user);
    expect((await call(server, 'GET', '/v1/users', { token })).status).toBe(200);
    await call(server, 'PATCH', `/v1/users/${user.id}`, { token: server.adminKey, json: { role: 'user' } });
    for (const credential of [token, user.key]) {
      expect((await call(server, 'GET', '/v1/users', { token: credential })).status).toBe(403);
    }
  });

  it.each([
    ['altered', (token: string) => `${token.slice(0, -4)}AAAA`],
    ['unsigned', (token: string) => `eyJhbGciOiJub25lIn0.${token.split('.')[1]}.`],
    ['cut', (token: string) => token.split('.').slice(0, 2).join('.')],
    ['made up', () => 'a.b.c'],
  ])('is refused when it is %s', async (_what, change) => {
    expect((await me(change(await session(alice)))).body).toEqual(invalidToken);
  });
});

describe('credentials', () => {
  const ask = (authorization: string, path = '/v1/me') => call(server, 'GET', path, { headers: { authorization } });
  const missing = { error: 'UNAUTHORIZED', message: 'missing bearer token' };

  it('are required', async () => {
    const { status, body } = await call(server, 'GET', '/v1/me');
    expect([status, body]).toEqual([401, missing]);
  });

  it.each(['Basic YWxpY2U6eA==', 'Bearer', 'Bearer  ', '', 'pyd_x', 'Bearer a b'])(
    'other than a bearer token count as missing: "%s"',
    async (authorization) => {
      expect((await ask(authorization)).body).toEqual(missing);
    },
  );

  it('accept the word bearer in upper and lower case', async () => {
    expect((await ask(`bearer ${alice.key}`)).status).toBe(200);
    expect((await ask(`BEARER   ${alice.key}`)).status).toBe(200);
  });

  it('that are invalid are refused even on public routes', async () => {
    expect((await ask('Bearer wrong', '/v1/prompts')).body).toEqual(invalidToken);
    expect((await ask('Basic eDp5', '/v1/prompts')).body).toEqual(missing);
    expect((await ask(`Bearer ${'x'.repeat(8_000)}`, '/v1/prompts')).body).toEqual(invalidToken);
  });

  it('of an expired or revoked key are refused', async () => {
    const expired = await aKey(server, alice.id, { expiresAt: new Date(Date.now() - 1) });
    const revoked = await aKey(server, alice.id, { isRevoked: true });
    expect((await me(expired)).body).toEqual(invalidToken);
    expect((await me(revoked)).body).toEqual(invalidToken);
  });

  it('are refused from the moment of their expiry', async () => {
    const key = await aKey(server, alice.id, { expiresAt: new Date(Date.now() + 700) });
    expect((await me(key)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect((await me(key)).body).toEqual(invalidToken);
  });
});

describe('what is stored', () => {
  it('contains neither passwords nor keys', async () => {
    const { rows } = await server.database.pool.query(
      `select a.password_hash, encode(k.hash, 'hex') as hash from account a join api_key k on k.user_id = a.id`,
    );
    for (const { password_hash: hash } of rows) expect(hash).toMatch(/^\$argon2id\$/);
    const text = JSON.stringify(rows);
    for (const secret of [alice.password, alice.key, server.adminKey]) expect(text).not.toContain(secret);
  });
});
