import { EntityManager } from '@mikro-orm/postgresql';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { RunningTimeout } from '../../src/common/running-timeout.js';
import { aPrompt } from '../support/prompts.js';
import { eventually } from '../support/api.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let em: EntityManager;
beforeAll(async () => {
  server = await startOpenTestServer();
  em = server.app.get(EntityManager, { strict: false });
});
afterAll(() => server.stop());

/** The server runs in this process, so its event loop is blocked too. */
function blockEventLoop(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('continues a transaction after the process was blocked for longer than the timeout', async () => {
  const answer = await em.transactional(async () => {
    await em.execute('select 1');
    blockEventLoop(4_000);
    return em.execute('select 42 as answer');
  });
  expect(answer).toEqual([{ answer: 42 }]);
});

describe('while a statement waits for a lock', () => {
  let locker: PoolClient;
  const waiting = `select from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database() and application_name = 'promptyard'`;
  beforeEach(async () => {
    locker = await server.database.pool.connect();
    await locker.query('begin; lock table download in access exclusive mode');
  });
  afterEach(() => locker.release(true));

  /** Lets the statement continue, while this process reads the answer only after the pause. */
  async function releaseAndBlock(ms: number): Promise<void> {
    await eventually(
      async () => (await server.database.pool.query(waiting)).rows.length,
      (count) => count > 0,
      20_000,
    );
    const unlocked = locker.query('rollback');
    blockEventLoop(ms);
    await unlocked;
  }

  it('redirects a download that PostgreSQL recorded in time although the process was blocked for longer', async () => {
    const { path } = await aPrompt(server).withVersion('1.0.0').make();
    const download = fetch(`${server.url}${path}/versions/1.0.0/download`, { redirect: 'manual' });
    await releaseAndBlock(2_500);
    expect((await download).status).toBe(302);
  });

  it('accepts the answer to a statement that arrived while the process was blocked', async () => {
    const count = em.execute<{ n: number }[]>('select count(*)::int as n from download');
    await releaseAndBlock(5_500);
    await expect(count).resolves.toEqual([{ n: expect.any(Number) }]);
  });
});

it('measures a timeout correctly if the process is not blocked', async () => {
  const began = performance.now();
  const elapsed = await new Promise<number>((resolve) => {
    new RunningTimeout(500, () => resolve(performance.now() - began));
  });
  expect(elapsed).toBeGreaterThan(490);
});

it('does not call a cleared timeout', async () => {
  let isCalled = false;
  const timeout = new RunningTimeout(20, () => (isCalled = true));
  timeout.clear();
  await delay(100);
  expect(isCalled).toBe(false);
});
