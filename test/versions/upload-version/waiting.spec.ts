import { setTimeout as delay } from 'node:timers/promises';
import { call, eventually } from '../../support/api.js';
import { aPrompt, uploadVersion } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { aUser } from '../../support/users.js';

const poolSize = 5;
const uploads = 12;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: String(poolSize) });
});
afterAll(() => server.stop());

it('uploads that wait for their prompt leave connections to other requests', async () => {
  const alice = await aUser(server);
  const prompt = await aPrompt(server).ownedBy(alice).make();
  const rival = await server.database.pool.connect();
  await rival.query('begin');
  await rival.query('select from prompt where id = $1 for update', [prompt.id]);
  const sent = Array.from({ length: uploads }, (_, i) => uploadVersion(server, prompt, alice.key, `1.0.${i}`));
  await eventually(countLockWaits, (count) => count >= poolSize - 2);
  // Time for the others, if they were let through.
  await delay(500);
  const waiting = await countLockWaits();
  // Answered by the database, because no earlier search was the same.
  const { status } = await call(server, 'GET', '/v1/prompts?q=something', { token: alice.key });
  await rival.query('rollback');
  rival.release();
  await Promise.all(sent);
  expect([waiting, status]).toEqual([poolSize - 2, 200]);
});

async function countLockWaits(): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}
