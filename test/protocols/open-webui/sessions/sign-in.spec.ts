import { call } from '../../../support/api.js';
import { aGroup } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { claimsOf, statusAndBody, refusals, signIn, detailOf, whoAmI } from './sessions.js';

const limit = 5;
let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  const settings = { TRUST_PROXY: 'true', LOGIN_ATTEMPTS_PER_MINUTE: String(limit) };
  server = await startTestServer({ ...settings, OPENWEBUI_TOKEN_TTL_SECONDS: '7200' });
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());
beforeEach(() => server.database.pool.query('delete from login_failure'));

const permissions = (prompts: boolean) => ({
  workspace: {
    models: false,
    knowledge: false,
    prompts,
    prompts_import: prompts,
    prompts_export: prompts,
    tools: false,
  },
  sharing: { prompts: true, public_prompts: true },
});

it('answers a sign-in with the session and the user', async () => {
  const { status, body, headers } = await signIn(server, { email: 'Alice@Example.com', password: alice.password });
  expect([status, body]).toEqual([
    200,
    {
      token: body.token,
      token_type: 'Bearer',
      expires_at: claimsOf(body.token).exp,
      id: alice.id,
      email: 'alice@example.com',
      name: 'alice',
      role: 'user',
      profile_image_url: '/user.png',
      permissions: permissions(true),
    },
  ]);
  const { exp, iat } = claimsOf(body.token);
  expect(Number(exp) - Number(iat)).toBe(7200);
  expect(headers.get('cache-control')).toBe('no-store');
});

it('returns the same for the token, and no expiry for a key', async () => {
  const { body: session } = await signIn(server, { email: alice.email, password: alice.password });
  expect(statusAndBody(await whoAmI(server, { token: session.token }))).toEqual([200, session]);
  const without = await call(server, 'GET', '/api/v1/auths', { token: session.token });
  expect(without.body).toEqual(session);
  const byKey = await whoAmI(server, { token: alice.key });
  expect(byKey.body).toEqual({ ...session, token: alice.key, expires_at: null });
});

it('returns tokens that are accepted on the other protocols', async () => {
  const { body } = await signIn(server, { email: alice.email, password: alice.password });
  expect((await call(server, 'GET', '/v1/me', { token: body.token })).body.username).toBe('alice');
  const conductor = await call(server, 'GET', '/api/token/userInfo', { xAuthorization: body.token });
  expect(conductor.body.id).toBe('alice');
});

it('shows the role of an administrator', async () => {
  const password = 'correct horse battery';
  const { body } = await signIn(server, { email: 'admin@localhost', password });
  expect([body.name, body.role]).toEqual(['admin', 'admin']);
});

it('answers a wrong password and an unknown user alike', async () => {
  const wrong = detailOf(400, refusals.wrong);
  expect(statusAndBody(await signIn(server, { email: alice.email, password: 'a wrong one' }))).toEqual(wrong);
  expect(statusAndBody(await signIn(server, { email: 'nobody@example.com', password: 'a wrong one' }))).toEqual(wrong);
  expect(statusAndBody(await signIn(server, { email: alice.email, password: 'x'.repeat(10_000) }))).toEqual(wrong);
  expect(statusAndBody(await signIn(server, { email: 'alice', password: alice.password }))).toEqual(wrong);
});

it('lists every field that does not fit', async () => {
  const { status, body } = await signIn(server, { email: 7 });
  const wrongType = { type: 'string_type', loc: ['body', 'email'], msg: 'Input should be a valid string', input: 7 };
  const missing = { type: 'missing', loc: ['body', 'password'], msg: 'Field required', input: { email: 7 } };
  expect([status, body]).toEqual([422, { detail: [wrongType, missing] }]);
});

it('limits guesses, together with those on /v1, even from many addresses', async () => {
  let last = 0;
  const from = () => ({ 'x-forwarded-for': `192.0.2.${(last += 1)}` });
  const guess = () => signIn(server, { email: alice.email, password: 'a wrong one' }, from());
  for (let count = 1; count < limit; count += 1) expect((await guess()).status).toBe(400);
  const json = { username: 'alice', password: 'a wrong one' };
  expect((await call(server, 'POST', '/v1/auth/login', { json, headers: from() })).status).toBe(401);
  const { status, body, headers } = await signIn(server, { email: alice.email, password: alice.password }, from());
  expect([status, body]).toEqual(detailOf(429, 'too many failed log-ins'));
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

it('ignores credentials of an earlier session', async () => {
  const json = { email: alice.email, password: alice.password };
  const answer = await call(server, 'POST', '/api/v1/auths/signin', { json, token: 'of yesterday' });
  expect(answer.status).toBe(200);
});

it('ends every session with the password that it was opened with', async () => {
  const bob = await aUser(server, { username: 'bob' });
  const { body: session } = await signIn(server, { email: bob.email, password: bob.password });
  const json = { current_password: bob.password, new_password: 'another horse' };
  expect((await call(server, 'POST', '/v1/me/password', { token: session.token, json })).status).toBe(204);
  expect(statusAndBody(await whoAmI(server, { token: session.token }))).toEqual(detailOf(401, refusals.bad));
});

describe('with OPENWEBUI_PROMPT_CREATORS', () => {
  let strict: TestServer;
  beforeAll(async () => {
    strict = await startTestServer({ OPENWEBUI_PROMPT_CREATORS: ' Writers,editors' });
  });
  afterAll(() => strict.stop());

  const mayCreate = async (token: string) => {
    const { body } = await whoAmI(strict, { token });
    return body.permissions;
  };

  it('lets the members of the groups and administrators create prompts, with immediate effect', async () => {
    const [writer, other] = [await aUser(strict), await aUser(strict)];
    const { id } = await aGroup(strict, [writer]);
    await aGroup(strict, [other]);
    expect(await mayCreate(writer.key)).toEqual(permissions(false));
    await strict.database.pool.query(`update user_group set slug = 'writers' where id = $1`, [id]);
    expect(await mayCreate(writer.key)).toEqual(permissions(true));
    expect(await mayCreate(other.key)).toEqual(permissions(false));
    expect(await mayCreate(strict.adminKey)).toEqual(permissions(true));
  });
});
