import { call } from '../support/api.js';
import { aKey, aUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const create = (json: object) => call(server, 'POST', '/v1/users', { token: server.adminKey, json });
const update = (id: string, json: object) => call(server, 'PATCH', `/v1/users/${id}`, { token: server.adminKey, json });
const login = (username: string, password: string) =>
  call(server, 'POST', '/v1/auth/login', { json: { username, password } });
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

describe('POST /v1/users', () => {
  it('answers the user, without the given password', async () => {
    const { status, body } = await create({ username: 'bob', email: 'bob@example.com', password: adminPassword });
    const user = { id: uuid, username: 'bob', email: 'bob@example.com', role: 'user', created_at: time };
    expect([status, body]).toEqual([201, user]);
    expect((await login('bob', adminPassword)).status).toBe(200);
  });

  it('answers a one-time password if none was given', async () => {
    const { status, body } = await create({ username: 'carol', email: 'carol@example.com', role: 'admin' });
    expect([status, Object.keys(body).sort()]).toEqual([
      201,
      ['created_at', 'email', 'id', 'password', 'role', 'username'],
    ]);
    expect(body.role).toBe('admin');
    expect((await login('carol', body.password)).status).toBe(200);
  });

  it('converts the name to lower case', async () => {
    const { body } = await create({ username: 'DAVE-Smith', email: 'dave@example.com' });
    expect(body.username).toBe('dave-smith');
  });

  it.each(['bob', 'BOB', 'workspace', 'admin'])('refuses a name that was ever used: %s', async (username) => {
    const { status, body } = await create({ username, email: `${username}-2@example.com` });
    expect([status, body.error, body.message]).toEqual([409, 'CONFLICT', 'user already exists']);
  });

  it('refuses an address that is taken, in upper and lower case', async () => {
    const { status, body } = await create({ username: 'bobby', email: 'BOB@example.com' });
    expect([status, body]).toEqual([409, { error: 'CONFLICT', message: 'email already in use' }]);
    expect((await create({ username: 'bobby', email: 'bobby@example.com' })).status).toBe(201);
  });

  it.each(['a', '0', 'a-b-c', '1-2', 'x'.repeat(39)])('takes the name %s', async (username) => {
    expect((await create({ username, email: `${username}@example.com` })).status).toBe(201);
  });

  it.each([
    '',
    '-',
    '-a',
    'a-',
    'a--b',
    'a_b',
    'a.b',
    'a b',
    'a/b',
    'a\0',
    'caf\u00e9',
    'x'.repeat(40),
    '00000000-0000-4000-8000-000000000000',
    'ABCDEF01-2345-6789-abcd-ef0123456789',
  ])('refuses the name "%s"', async (username) => {
    const { status, body } = await create({ username, email: 'new@example.com' });
    expect([status, body.error, Object.keys(body.details)]).toEqual([422, 'VALIDATION_ERROR', ['username']]);
  });

  it.each([
    [{}, ['email', 'username']],
    [{ username: 'new', email: 'nonsense' }, ['email']],
    [{ username: 'new', email: 'a@b', password: 'short' }, ['password']],
    [{ username: 'new', email: 'a@b', role: 'root' }, ['role']],
    [{ username: 'New!', email: 'x', password: 'y', role: 'z' }, ['email', 'password', 'role', 'username']],
  ])('refuses %j', async (json, fields) => {
    const { status, body } = await create(json);
    expect([status, Object.keys(body.details).sort()]).toEqual([422, fields]);
  });

  it('creates one of ten with the same name at the same time', async () => {
    const input = (index: number) => ({
      username: 'racer',
      email: `racer-${index}@example.com`,
      password: adminPassword,
    });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => create(input(index))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it('adds every user to the workspace', async () => {
    const { id } = await aUser(server);
    const { rows } = await server.database.pool.query(
      `select m.role from membership m join owner o on o.id = m.organization_id where o.slug = 'workspace' and user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ role: 'member' }]);
  });
});

describe('GET /v1/users', () => {
  it('lists users with pages, oldest first', async () => {
    const { status, body } = await call(server, 'GET', '/v1/users?limit=2&offset=1', { token: server.adminKey });
    expect([status, body.limit, body.offset]).toEqual([200, 2, 1]);
    expect(body.items.map(({ username }) => username)).toEqual(['bob', 'carol']);
    expect(Object.keys(body.items[0] ?? {}).sort()).toEqual(['created_at', 'email', 'id', 'role', 'username']);
  });
});

describe('PATCH /v1/users/:id', () => {
  it('changes address, password and role independently', async () => {
    const user = await aUser(server);
    const changed = await update(user.id, { email: 'elsewhere@example.com' });
    expect([changed.status, changed.body.email, changed.body.role]).toEqual([200, 'elsewhere@example.com', 'user']);
    expect((await update(user.id, { role: 'admin' })).body.role).toBe('admin');
    expect((await login(user.username, user.password)).status).toBe(200);
    await update(user.id, { password: 'something else' });
    expect((await login(user.username, user.password)).status).toBe(401);
    expect((await login(user.username, 'something else')).status).toBe(200);
  });

  it('refuses an address that is taken', async () => {
    const user = await aUser(server);
    expect((await update(user.id, { email: 'bob@example.com' })).status).toBe(409);
  });

  it.each(['not-an-id', '00000000-0000-4000-8000-000000000000', '%00'])('is 404 for %s', async (id) => {
    const { status, body } = await update(id, { role: 'user' });
    expect([status, body]).toEqual([404, { error: 'NOT_FOUND', message: 'user not found' }]);
  });
});

describe('the last admin', () => {
  let alone: TestServer;
  beforeAll(async () => {
    alone = await startTestServer();
  });
  afterAll(() => alone.stop());
  const demote = (id: string, role: string, token = alone.adminKey) =>
    call(alone, 'PATCH', `/v1/users/${id}`, { token, json: { role } });

  it.each(['user', 'pending'])('does not become %s', async (role) => {
    const { id } = (await call(alone, 'GET', '/v1/me', { token: alone.adminKey })).body;
    const { status, body } = await demote(id, role);
    expect([status, body]).toEqual([
      409,
      { error: 'CONFLICT', message: 'the last administrator cannot lose the role' },
    ]);
  });

  it('remains when two admins demote each other at the same time', async () => {
    const { id } = (await call(alone, 'GET', '/v1/me', { token: alone.adminKey })).body;
    for (let round = 0; round < 5; round += 1) {
      const other = await aUser(alone, { role: 'admin' });
      const answers = await Promise.all([demote(other.id, 'user'), demote(id, 'user', other.key)]);
      const { rows } = await alone.database.pool.query(`select id from account where role = 'admin'`);
      expect([rows.length, answers.filter(({ status }) => status === 200).length]).toEqual([1, 1]);
      await alone.database.pool.query(`update account set role = case when id = $1 then 'admin' else 'user' end`, [id]);
    }
  });
});

describe('POST /v1/me/password', () => {
  it('requires the current password', async () => {
    const user = await aUser(server);
    const change = (json: object) => call(server, 'POST', '/v1/me/password', { token: user.key, json });
    const wrong = await change({ current_password: 'nonsense', new_password: 'long enough' });
    expect([wrong.status, wrong.body]).toEqual([
      401,
      { error: 'UNAUTHORIZED', message: 'invalid username or password' },
    ]);
    const short = await change({ current_password: user.password, new_password: 'short' });
    expect([short.status, Object.keys(short.body.details)]).toEqual([422, ['new_password']]);
    const right = await change({ current_password: user.password, new_password: 'long enough' });
    expect([right.status, right.text]).toEqual([204, '']);
    expect((await login(user.username, 'long enough')).status).toBe(200);
  });
});

it('GET /v1/me shows the caller', async () => {
  const user = await aUser(server);
  const { status, body } = await call(server, 'GET', '/v1/me', { token: user.key });
  const { id, username, email } = user;
  expect([status, body]).toEqual([200, { id, username, email, role: 'user', created_at: time }]);
});

it('moves the ownership of the workspace with the admin role', async () => {
  const workspace = { id: '', slug: 'workspace' };
  const colleague = await aUser(server);
  const secret = await aPrompt(server).in(workspace).ownedBy(colleague).private().make();
  const admin = await aUser(server, { role: 'admin' });
  const readAs = async (role: string) => {
    await call(server, 'PATCH', `/v1/users/${admin.id}`, { token: server.adminKey, json: { role } });
    const key = await aKey(server, admin.id);
    return (await call(server, 'GET', secret.path, { token: key })).status;
  };
  expect([await readAs('user'), await readAs('admin'), await readAs('user')]).toEqual([404, 200, 404]);
});

it('is refused to keys that are bound to one owner or prompt, even an admin’s', async () => {
  const admin = await aUser(server, { role: 'admin' });
  const prompt = await aPrompt(server).ownedBy(admin).make();
  for (const binding of [{ ownerId: admin.id }, { promptId: prompt.id }]) {
    const token = await aKey(server, admin.id, { scopes: ['prompts:read', 'prompts:write', 'admin'], ...binding });
    const input = { username: 'by-a-bound-key', email: 'bound@example.com' };
    const created = await call(server, 'POST', '/v1/users', { token, json: input });
    expect([created.status, created.body.message]).toEqual([403, 'the API key is bound to another owner or prompt']);
    expect((await call(server, 'GET', '/v1/audit', { token })).status).toBe(403);
  }
});
