import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { readConfig } from '../../src/config/config.js';
import { type RunningServer, startServer } from '../../src/app/server.js';
import { call, eventually } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestServer, testEnvironment } from '../support/test-server.js';

const limit = 20;
const probes = ['/health/live', '/health/ready', '/metrics'];
/** Where a container engine runs, the object store of the tests is one of its containers. */
const withEngine = process.env.PROMPTYARD_TEST_S3 ? describe : describe.skip;

async function statusesOf(url: string, path: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) statuses.push((await call({ url }, 'GET', path)).status);
  return statuses;
}

const times = (status: number, count: number) => Array<number>(count).fill(status);

it('neither counts nor refuses probes', async () => {
  const server = await startTestServer({ RATE_LIMIT_PER_MINUTE: String(limit) });
  for (const path of probes) expect(await statusesOf(server.url, path, limit)).toEqual(times(200, limit));
  expect(await statusesOf(server.url, '/v1/prompts', limit)).toEqual(times(200, limit));
  expect(await statusesOf(server.url, '/v1/prompts', 1)).toEqual([429]);
  for (const path of probes) expect(await statusesOf(server.url, path, 2)).toEqual([200, 200]);
  await server.stop();
});

it('starts and answers without a Redis at REDIS_URL', async () => {
  const server = await startTestServer({ RATE_LIMIT_PER_MINUTE: '1', REDIS_URL: 'redis://127.0.0.1:1' });
  expect(await statusesOf(server.url, '/v1/prompts', limit)).toEqual(times(200, limit));
  await server.stop();
});

withEngine('with REDIS_URL', () => {
  const warnings: string[] = [];
  let redis: StartedTestContainer;
  let database: TestDatabase;
  let folder: string;
  let servers: RunningServer[] = [];

  beforeAll(async () => {
    const labels = { 'promptyard.test-run': process.env.PROMPTYARD_TEST_RUN ?? '' };
    redis = await new GenericContainer('redis:7').withExposedPorts(6379).withLabels(labels).start();
    database = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), 'promptyard-redis-'));
    const config = readConfig({
      ...testEnvironment(database.url, folder),
      RATE_LIMIT_PER_MINUTE: String(limit),
      REDIS_URL: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`,
    });
    const logger = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
    servers = [await startServer(config, logger), await startServer(config, logger)];
  });
  afterAll(async () => {
    await redis.stop();
    for (const server of servers) await server.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const addressOf = (index: number) => servers[index]?.address ?? '';
  const engine = async () => (await getContainerRuntimeClient()).container.getById(redis.getId());
  const notices = () => warnings.filter((line) => line.includes('Redis'));

  it('counts over all servers', async () => {
    // Until its connection is there a server counts nothing; wait for it without using up the limit.
    await eventually(
      () => clientsOf(redis),
      (count) => count >= 2,
    );
    for (let round = 0; round < limit / 2; round += 1) {
      for (const index of [0, 1]) expect(await statusesOf(addressOf(index), '/v1/prompts', 1)).toEqual([200]);
    }
    for (const index of [0, 1]) {
      const { status, body, headers } = await call({ url: addressOf(index) }, 'GET', '/v1/prompts');
      expect([status, body.error]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('allows all requests without delay while Redis is frozen, and counts again afterwards', async () => {
    await (await engine()).pause();
    // The one that finds out waits for a quarter of a second.
    expect(await statusesOf(addressOf(0), '/v1/prompts', 1)).toEqual([200]);
    const started = performance.now();
    expect(await statusesOf(addressOf(0), '/v1/prompts', 2 * limit)).toEqual(times(200, 2 * limit));
    // Less than if each had waited for it.
    expect(performance.now() - started).toBeLessThan(2 * limit * 250);
    expect(notices()).toHaveLength(1);
    await (await engine()).unpause();
    await eventually(
      () => Promise.resolve(notices().length),
      (count) => count === 2,
      10_000,
    );
    expect(notices()[1]).toContain('answers again');
    const statuses = await statusesOf(addressOf(0), '/v1/prompts', limit + 1);
    expect(statuses.at(-1)).toBe(429);
  });

  it('allows all requests while Redis is away, and logs that once', async () => {
    warnings.length = 0;
    await redis.stop();
    const answers = await Promise.all([0, 1].map((index) => statusesOf(addressOf(index), '/v1/prompts', 2 * limit)));
    expect(answers).toEqual([times(200, 2 * limit), times(200, 2 * limit)]);
    await eventually(
      () => Promise.resolve(notices().length),
      (count) => count >= 2,
    );
    // One of each server.
    expect(notices()).toHaveLength(2);
    for (const line of notices()) expect(line).toContain('rate limits are off');
  });
});

async function clientsOf(redis: StartedTestContainer): Promise<number> {
  const { output } = await redis.exec(['redis-cli', 'client', 'list']);
  return output.split('\n').filter((line) => line.includes('name=promptyard')).length;
}
