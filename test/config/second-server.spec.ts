import { createLogger } from '../../src/app/logger.js';
import { readConfig } from '../../src/config/config.js';
import { type RunningServer, startServer } from '../../src/app/server.js';
import { call } from '../support/api.js';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const another = 'another secret, which is long enough to be one';

function startAnother(overrides: Record<string, string>): Promise<RunningServer> {
  const config = readConfig({ ...server.environment, ...overrides });
  return startServer(config, createLogger(config.server));
}

it.each(['JWT_SECRET', 'ENCRYPTION_KEY'])(
  'refuses to start on a database of servers with another %s',
  async (setting) => {
    await expect(startAnother({ [setting]: another })).rejects.toMatchObject({
      name: 'SecretMismatch',
      message: expect.stringContaining(setting),
    });
  },
);

it('starts with the same secrets, creates no second admin, and accepts credentials of the first server', async () => {
  const second = await startAnother({});
  expect(second.firstLogin).toBeUndefined();
  const json = { username: 'admin', password: adminPassword };
  const { token } = (await call(server, 'POST', '/v1/auth/login', { json })).body;
  for (const credential of [token, server.adminKey]) {
    const { status } = await call({ url: second.address }, 'GET', '/v1/me', { token: credential });
    expect(status).toBe(200);
  }
  await second.stop();
});

it('stores nothing in the database from which the secret could be used', async () => {
  const { rows } = await server.database.pool.query<{ value: string }>('select name, value from setting order by name');
  const { auth } = readConfig(server.environment);
  const text = JSON.stringify(rows);
  expect(rows).toHaveLength(2);
  for (const secret of [auth.jwtSecret, auth.encryptionKey]) expect(text).not.toContain(secret);
});
