import { jest } from '@jest/globals';
import { EntityManager } from '@mikro-orm/postgresql';
import { subjectByKey, subjectBySession } from '../../src/auth/credentials/credentials.queries.js';
import { call, eventually } from '../support/api.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { aUser, type TestUser } from '../support/users.js';

const maxStaleMs = 200;

let server: OpenTestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startOpenTestServer();
});
beforeEach(async () => {
  user = await aUser(server);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const me = (token: string) => call(server, 'GET', '/v1/me', { token });
const sql = (text: string, ...values: unknown[]) => server.database.pool.query(text, values);

async function makeKey(json: object = {}): Promise<{ id: string; key: string }> {
  const { body } = await call(server, 'POST', '/v1/api-keys', { token: user.key, json: { name: 'another', ...json } });
  return body;
}

async function signIn(password = user.password): Promise<string> {
  const { body } = await call(server, 'POST', '/v1/auth/login', { json: { username: user.username, password } });
  return body.token;
}

/** How many of 20 requests ask PostgreSQL who calls. */
async function askedWho(token: string): Promise<number> {
  const asked = jest.spyOn(server.app.get(EntityManager), 'execute');
  for (let i = 0; i < 20; i += 1) expect((await me(token)).status).toBe(200);
  const statements = asked.mock.calls.map(([statement]) => statement);
  asked.mockRestore();
  return statements.filter((statement) => statement === subjectByKey || statement === subjectBySession).length;
}

it.each(['key', 'session'])('caches the owner of a %s', async (kind) => {
  const token = kind === 'key' ? user.key : await signIn();
  // A busy machine hears of changes later, and PostgreSQL is asked then.
  const asked = await eventually(
    () => askedWho(token),
    (times) => times <= 1,
    30_000,
  );
  expect(asked).toBeLessThanOrEqual(1);
});

it('refuses a revoked key at once, and accepts the user’s other keys', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, key } = await makeKey();
    expect((await me(key)).status).toBe(200);
    await call(server, 'DELETE', `/v1/api-keys/${id}`, { token: user.key });
    expect([(await me(key)).status, (await me(user.key)).status]).toEqual([401, 200]);
  }
});

it('ends every session at once when the password is changed', async () => {
  const old = await signIn();
  expect((await me(old)).status).toBe(200);
  const json = { current_password: user.password, new_password: 'another good one' };
  await call(server, 'POST', '/v1/me/password', { token: old, json });
  expect([(await me(old)).status, (await me(await signIn(json.new_password))).status]).toEqual([401, 200]);
});

it('applies the loss of the admin role at once', async () => {
  const admin = await aUser(server, { role: 'admin' });
  const list = async () => (await call(server, 'GET', '/v1/users', { token: admin.key })).status;
  for (const [role, status] of [
    ['user', 403],
    ['admin', 200],
    ['user', 403],
  ] as const) {
    // prettier-ignore
    await list();
    const changed = await call(server, 'PATCH', `/v1/users/${admin.id}`, { token: server.adminKey, json: { role } });
    expect([changed.status, await list()]).toEqual([200, status]);
  }
});

it('refuses a key within 200 ms after another process revoked it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, key } = await makeKey();
    expect((await me(key)).status).toBe(200);
    await sql('update api_key set revoked_at = now() where id = $1', id);
    const revokedAt = performance.now();
    let lastAccepted = revokedAt;
    const status = await eventually(
      async () => {
        const askedAt = performance.now();
        const answer = await me(key);
        if (answer.status === 200) lastAccepted = askedAt;
        return answer.status;
      },
      (each) => each === 401,
    );
    expect(status).toBe(401);
    expect(lastAccepted - revokedAt).toBeLessThan(maxStaleMs);
  }
});

it('refuses a cached key after it has expired', async () => {
  const expiresAt = Date.now() + 2_000;
  const { key } = await makeKey({ expires_at: new Date(expiresAt).toISOString() });
  let lastAccepted = 0;
  await eventually(
    async () => {
      const askedAt = Date.now();
      const { status } = await me(key);
      if (status === 200) lastAccepted = askedAt;
      return status;
    },
    (status) => status === 401,
    10_000,
  );
  expect(lastAccepted).toBeGreaterThan(0);
  expect(lastAccepted).toBeLessThanOrEqual(expiresAt);
});
