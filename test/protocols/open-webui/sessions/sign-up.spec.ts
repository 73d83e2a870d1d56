import { call } from '../../../support/api.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { statusAndBody, refusals, signIn, signUp, detailOf, whoAmI } from './sessions.js';

const limit = 15;
const password = 'correct horse battery';
let server: TestServer;
beforeAll(async () => {
  const settings = { ALLOW_SIGNUP: 'true', TRUST_PROXY: 'true', LOGIN_ATTEMPTS_PER_MINUTE: String(limit) };
  server = await startTestServer(settings);
});
afterAll(() => server.stop());
beforeEach(() => server.database.pool.query('delete from login_failure'));

const input = (email: string, name = 'Somebody') => ({
  name,
  email,
  password,
  profile_image_url: 'data:image/png;base64,',
});

async function usernameOf(id: unknown): Promise<string | undefined> {
  const { rows } = await server.database.pool.query<{ slug: string }>('select slug from owner where id = $1', [id]);
  return rows[0]?.slug;
}

async function countUsers(): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(`select count(*)::int as count from account`);
  return rows[0]?.count ?? 0;
}

it('creates a pending user with the given name', async () => {
  const { status, body } = await signUp(server, input('Zoe.Müller@example.com', ' Zoë Müller '));
  expect([status, body.role, body.name, body.email]).toEqual([200, 'pending', 'Zoë Müller', 'Zoe.Müller@example.com']);
  expect(body).toMatchObject({ token_type: 'Bearer', profile_image_url: '/user.png' });
  expect(body.permissions).toMatchObject({ workspace: { prompts: false } });
  expect(await usernameOf(body.id)).toBe('zoe-muller');
});

it('lets pending users see only themselves', async () => {
  const { body: session } = await signUp(server, input('waiting@example.com'));
  expect(statusAndBody(await whoAmI(server, { token: session.token }))).toEqual([200, session]);
  const again = await signIn(server, { email: 'waiting@example.com', password });
  expect([again.status, again.body.role]).toEqual([200, 'pending']);
  for (const path of ['/api/v1/groups/', '/api/v1/users/search?query=', '/api/v1/prompts/']) {
    expect(statusAndBody(await call(server, 'GET', path, session))).toEqual(detailOf(401, refusals.prohibited));
  }
  expect((await call(server, 'GET', '/v1/me', session)).status).toBe(401);
  expect((await call(server, 'GET', '/api/prompts', { xAuthorization: session.token })).status).toBe(401);
});

it('refuses pending users at the other log-ins', async () => {
  await signUp(server, input('elsewhere@example.com'));
  const json = { email: 'elsewhere@example.com', password };
  expect((await call(server, 'POST', '/v1/auth/login', { json })).status).toBe(401);
  expect((await call(server, 'POST', '/api/token', { json })).status).toBe(401);
});

it('is recorded as an action of the new user', async () => {
  const { body } = await signUp(server, input('recorded@example.com'));
  const { rows } = await server.database.pool.query(
    `select actor_id, key_id, protocol, action, subject, details from audit_entry order by id desc limit 1`,
  );
  const act = { action: 'user.create', subject: 'recorded', details: { role: 'pending' } };
  expect(rows).toEqual([{ actor_id: body.id, key_id: null, protocol: 'open-webui', ...act }]);
});

it('keeps the token valid after an administrator has approved the user', async () => {
  const { body: session } = await signUp(server, input('patient@example.com'));
  const let_in = await call(server, 'PATCH', `/v1/users/${session.id}`, {
    token: server.adminKey,
    json: { role: 'user' },
  });
  expect([let_in.status, Object.keys(let_in.body)]).toEqual([200, ['id', 'username', 'email', 'role', 'created_at']]);
  expect((await whoAmI(server, session)).body).toMatchObject({ role: 'user', name: 'Somebody' });
  expect((await call(server, 'GET', '/api/v1/groups/', session)).status).toBe(200);
  expect((await call(server, 'GET', '/v1/me', session)).body.username).toBe('patient');
});

describe('user names', () => {
  it.each([
    ['J.R.R._Tolkien+books@example.com', 'Whoever', 'j-r-r-tolkien-books'],
    ['新@example.com', 'Hana Sato', 'hana-sato'],
    ['新@example.com.test', '花', 'user'],
    [`${'long-'.repeat(12)}@example.com`, 'Whoever', 'long-'.repeat(8).slice(0, 39)],
    ['0123abcd-0123-4567-89ab-0123456789ab@example.com', 'Not An Id', 'not-an-id'],
  ])('creates a slug from %s, %s', async (email, name, username) => {
    const { body } = await signUp(server, input(email, name));
    expect(await usernameOf(body.id)).toBe(username);
  });

  it('avoids slugs of other owners', async () => {
    const { body } = await signUp(server, input('workspace@example.com'));
    expect(await usernameOf(body.id)).toMatch(/^workspace-[0-9a-f]{6}$/);
  });

  it('are different for users who sign up at the same time', async () => {
    const domains = Array.from({ length: 12 }, (_, index) => `race@${index}.example.com`);
    const answers = await Promise.all(domains.map((email) => signUp(server, input(email))));
    expect(answers.map(({ status }) => status)).toEqual(domains.map(() => 200));
    const names = await Promise.all(answers.map(({ body }) => usernameOf(body.id)));
    expect(new Set(names).size).toBe(domains.length);
    expect(names).toContain('race');
  });

  it('are shown if no other name is given', async () => {
    const { body } = await signUp(server, input('nameless@example.com', '  '));
    expect(body.name).toBe('nameless');
  });
});

describe('refusals', () => {
  it('creates one of many with the same address, in upper or lower case', async () => {
    const emails = ['Twin@example.com', 'twin@example.com', 'TWIN@example.com', 'twin@EXAMPLE.com'];
    const answers = await Promise.all(emails.map((email) => signUp(server, input(email))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(statusAndBody)).toEqual(refused.map(() => detailOf(400, refusals.taken)));
  });

  it.each([
    'nonsense',
    'two@@example.com',
    'with space@example.com',
    '@example.com',
    '',
    `${'x'.repeat(250)}@a.example`,
  ])('says that the address %j is invalid', async (email) => {
    const before = await countUsers();
    expect(statusAndBody(await signUp(server, input(email)))).toEqual(detailOf(400, refusals.malformed));
    expect(await countUsers()).toBe(before);
  });

  it.each(['1234567', '', 'x'.repeat(201)])('says how long a password must be', async (bad) => {
    const answer = await signUp(server, { ...input('short@example.com'), password: bad });
    expect(statusAndBody(answer)).toEqual(detailOf(400, 'Please choose a password that is 8 to 200 characters long.'));
  });

  it('requires every field except the picture', async () => {
    const { status, body } = await signUp(server, { profile_image_url: null });
    const missing = (field: string) => ({ type: 'missing', loc: ['body', field], msg: 'Field required' });
    const detail = ['name', 'email', 'password'].map((field) => expect.objectContaining(missing(field)) as unknown);
    expect([status, body]).toEqual([422, { detail }]);
  });

  it('refuses text that cannot be stored', async () => {
    expect((await signUp(server, input('nul@example.com', 'a\0b'))).status).toBe(422);
  });

  it('limits the number of accounts from one address, successful or not', async () => {
    const from = { 'x-forwarded-for': '192.0.2.1' };
    const statuses = [];
    for (let count = 0; count < limit; count += 1) {
      statuses.push((await signUp(server, input('waiting@example.com'), from)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([400]));
    const before = await countUsers();
    const { status, body, headers } = await signUp(server, input('one-more@example.com'), from);
    expect([status, body]).toEqual(detailOf(429, 'too many sign-ups'));
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await countUsers()).toBe(before);
    expect((await signUp(server, input('one-more@example.com'), { 'x-forwarded-for': '192.0.2.2' })).status).toBe(200);
  });
});

it('creates no accounts unless ALLOW_SIGNUP is set', async () => {
  const closed = await startTestServer();
  try {
    expect(statusAndBody(await signUp(closed, input('eve@example.com')))).toEqual(detailOf(403, refusals.prohibited));
    expect(statusAndBody(await signIn(closed, { email: 'eve@example.com', password }))).toEqual(
      detailOf(400, refusals.wrong),
    );
  } finally {
    await closed.stop();
  }
});
