import { eventually } from '../support/api.js';
import { poolsOf } from '../resilience/support/pool-metrics.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const poolSize = 2;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: String(poolSize) });
});
afterAll(() => server.stop());

it('shows the connections of the pool, the idle ones, and the waiting requests', async () => {
  expect(await poolsOf(server)).toEqual([
    { total: expect.any(Number), idle: expect.any(Number), waiting: expect.any(Number) },
  ]);
  const locker = await server.database.pool.connect();
  try {
    await locker.query('begin; lock table prompt in access exclusive mode');
    const reads = Array.from({ length: 5 }, () => fetch(`${server.url}/v1/prompts/admin/unknown`));
    const busy = await eventually(
      () => poolsOf(server),
      ([pool]) => (pool?.waiting ?? 0) >= 3,
      20_000,
    );
    expect(busy).toEqual([{ total: poolSize, idle: 0, waiting: expect.any(Number) }]);
    await locker.query('rollback');
    await Promise.all(reads);
  } finally {
    locker.release(true);
  }
  const free = await eventually(
    () => poolsOf(server),
    ([pool]) => pool?.waiting === 0 && pool.total === pool.idle,
    20_000,
  );
  expect(free).toEqual([{ total: free[0]?.idle, idle: free[0]?.idle, waiting: 0 }]);
});
