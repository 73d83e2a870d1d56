import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config/config.js';
import { type RunningServer, startServer } from '../../src/app/server.js';
import { call } from '../support/api.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEnvironment, type TestServer } from '../support/test-server.js';

const limit = 40;
const lines: string[] = [];
let running: RunningServer;
let database: TestDatabase;
let folder: string;
let server: TestServer;
let prompt: TestPrompt;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'promptyard-counted-'));
  const environment = { ...testEnvironment(database.url, folder), RATE_LIMIT_PER_MINUTE: String(limit) };
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  running = await startServer(readConfig(environment), logger);
  const adminKey = running.firstLogin?.apiKey ?? '';
  const stop = () => running.stop();
  server = { url: running.address, database, dataDirectory: folder, adminKey, environment, stop };
  prompt = await aPrompt(server).withVersion('1.0.0').make();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const routes = [
  ['/versions', '/v1/prompts/:owner/:name/versions', 200],
  ['/resolve', '/v1/prompts/:owner/:name/resolve', 200],
  ['/versions/1.0.0/download', '/v1/prompts/:owner/:name/versions/:version/download', 302],
] as const;

async function countOf(route: string, status: number): Promise<number> {
  const { text } = await call(server, 'GET', '/metrics');
  const line = text.split('\n').find((each) => {
    return (
      each.startsWith('http_request_duration_seconds_count') && each.includes(`route="${route}",status="${status}"`)
    );
  });
  return Number(line?.split(' ').at(-1) ?? 0);
}

it.each(routes)('logs and measures every repeated read of %s', async (path, route, status) => {
  const before = await countOf(route, status);
  lines.length = 0;
  for (let index = 0; index < 5; index += 1) {
    expect((await call(server, 'GET', prompt.path + path, { token: server.adminKey })).status).toBe(status);
  }
  expect(await countOf(route, status)).toBe(before + 5);
  const logged = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.route === route);
  expect(logged).toHaveLength(5);
  for (const line of logged) {
    expect(line).toMatchObject({ method: 'GET', status, principal: 'admin', reqId: expect.any(String) });
  }
  expect(new Set(logged.map(({ reqId }) => reqId)).size).toBe(5);
});

it('counts every repeated read for the rate limit', async () => {
  const remaining: number[] = [];
  let status = 200;
  while (status === 200) {
    const { status: answered, headers } = await call(server, 'GET', `${prompt.path}/resolve`);
    status = answered;
    remaining.push(Number(headers.get('x-ratelimit-remaining')));
  }
  expect(status).toBe(429);
  const first = remaining[0] ?? 0;
  expect(remaining).toEqual([...Array.from({ length: first + 1 }, (_, index) => first - index), 0]);
});
