import http from 'node:http';
import { WorkerKiller } from '../../bench/endurance/worker-killer.js';
import { type Failure, Load, lostVersions } from './support/load.js';
import { json, type RegistryClient, type Reply, send } from './support/registry-client.js';
import type { ServerProcess } from './support/server-process.js';
import { lastStaleRead } from './support/last-stale-read.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';
import { ask, SteadyClients } from './support/steady-clients.js';
import { replacedWorkers, workersOf } from './support/worker-processes.js';

let environment: ServerEnvironment;
let server: ServerProcess;
let client: RegistryClient;

beforeAll(async () => {
  environment = await ServerEnvironment.open();
  ({ server, client } = await environment.start({ WORKERS: '2', LOG_LEVEL: 'info' }));
});
afterAll(() => environment.close());

it('answers on one port with the configured number of processes, and counts the requests of all of them', async () => {
  expect(workersOf(server)).toHaveLength(2);
  const before = await answeredBy('/v1/prompts');
  const statuses = await Promise.all(Array.from({ length: 40 }, () => ask(`${client.url}/v1/prompts`, false)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const after = await answeredBy('/v1/prompts');
  const counts = ['1', '2'].map((worker) => (after.get(worker) ?? 0) - (before.get(worker) ?? 0));
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(counts.reduce((sum, count) => sum + count)).toBe(40);
});

it('names the worker in each line of the log', async () => {
  const writers = () => {
    const lines = server.output.split('\n').filter((line) => line.includes('"route":"/v1/prompts"'));
    return new Set(lines.map((line) => (JSON.parse(line) as { worker: number }).worker));
  };
  // Lines are written many at a time.
  expect(await eventually(writers, ({ size }) => size === 2)).toEqual(new Set([1, 2]));
});

it('shows a moved label, at once on the same worker and within 200 ms on the other', async () => {
  await client.createPrompt('shared');
  const shared = '/v1/prompts/admin/shared';
  for (const content of ['One', 'Two']) await write('POST', `${shared}/revisions`, { content });
  const agents = Array.from({ length: 8 }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
  const resolve = (agent: http.Agent) =>
    send(`${client.url}${shared}/resolve`, { headers: client.credentials(), agent });
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(agents.map(resolve));
    const revision = round % 2 === 0 ? 2 : 1;
    await write('PUT', `${shared}/labels/production`, { revision });
    const moved = performance.now();
    const isRight = (reply: Awaited<ReturnType<typeof resolve>>) => numberIn(reply) === revision;
    const lastWrong = await Promise.all(agents.map((agent) => lastStaleRead(() => resolve(agent), isRight)));
    expect(Math.max(...lastWrong) - moved).toBeLessThan(200);
  }
  for (const agent of agents) agent.destroy();
});

it('loses only requests on connections of a killed worker, and replaces it', async () => {
  const load = await Load.start(client, 'killed', { upload: 1, download: 4, list: 1 });
  const kills = new WorkerKiller(server.pid);
  for (let round = 1; round <= 3; round += 1) {
    await bothAnswer(load);
    const before = workersOf(server);
    const { pid } = kills.killOne();
    const after = await eventually(
      () => workersOf(server),
      (now) => now.length === 2 && !now.includes(pid),
      60_000,
    );
    expect(after).toEqual(expect.arrayContaining(before.filter((other) => other !== pid)));
  }
  await bothAnswer(load);
  await load.stop();
  const wasKilled = ({ localPort = 0, endedAt }: Failure) =>
    kills.all.some(({ at, ports }) => ports.has(localPort) && at <= endedAt);
  expect(load.failures.filter((failure) => !wasKilled(failure))).toEqual([]);
  expect(load.answers.filter(({ status }) => status >= 400)).toEqual([]);
  expect(load.published.size).toBeGreaterThan(3);
  expect(await lostVersions(client, load)).toEqual([]);
  // A download without an answer may have been counted, and no other.
  const unanswered = load.failures.filter(({ kind }) => kind === 'download').length;
  const count = await settledCount(load.name, load.redirects);
  expect(count).toBeGreaterThanOrEqual(load.redirects);
  expect(count).toBeLessThanOrEqual(load.redirects + unanswered);
});

it('replaces all workers on SIGUSR2 without losing a request, on open connections and on new ones', async () => {
  const load = await Load.start(client, 'rolled', { upload: 1, download: 2, list: 1 });
  const keepAlive = new SteadyClients(client.url, { clients: 4, connections: 'kept', path: '/v1/prompts' });
  const fresh = new SteadyClients(client.url, { clients: 2, connections: 'new', path: '/v1/prompts' });
  await bothAnswer(load);
  const before = workersOf(server);
  server.signal('SIGUSR2');
  const after = await replacedWorkers(server, before);
  expect(after).toHaveLength(2);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  await bothAnswer(load);
  await eventually(
    () => Math.min(keepAlive.answered, fresh.answered),
    (answered) => answered > 50,
    60_000,
  );
  await Promise.all([load.stop(), keepAlive.stop(), fresh.stop()]);
  expect([load.failures, keepAlive.failures, fresh.failures]).toEqual([[], [], []]);
  expect(load.answers.filter(({ status }) => status >= 400)).toEqual([]);
  expect([...keepAlive.statuses.keys(), ...fresh.statuses.keys()]).toEqual([200, 200]);
  expect(Math.min(keepAlive.answered, fresh.answered)).toBeGreaterThan(50);
  expect(await lostVersions(client, load)).toEqual([]);
  expect(await settledCount(load.name, load.redirects)).toBe(load.redirects);
});

it('replaces a worker that was asked to end', async () => {
  const before = workersOf(server);
  process.kill(before[0] ?? 0, 'SIGTERM');
  const after = await eventually(
    () => workersOf(server),
    (now) => now.length === 2 && !now.includes(before[0] ?? 0),
    60_000,
  );
  expect(after).toHaveLength(2);
  expect(after).toContain(before[1]);
});

function write(method: string, path: string, body: object): Promise<Reply> {
  const headers = { ...client.credentials(), 'content-type': 'application/json' };
  return send(client.url + path, { method, headers, body: Buffer.from(JSON.stringify(body)) });
}

function numberIn(reply: Reply): number {
  return (JSON.parse(reply.body) as { number: number }).number;
}

/** How many requests of a route each worker has answered, by its number. */
async function answeredBy(route: string): Promise<Map<string, number>> {
  const { body } = await send(`${client.url}/metrics`);
  const lines = body.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'));
  const counts = lines
    .filter((line) => line.includes(`route="${route}"`))
    .map((line): [string, number] => {
      return [/worker="(\d+)"/.exec(line)?.[1] ?? 'nobody', Number(line.split(' ').at(-1))];
    });
  return new Map(counts);
}

/** Waits until both workers take new connections, such as those of these questions, and the load has published something more. */
async function bothAnswer(load: Load): Promise<void> {
  const published = load.published.size;
  const isSettled = await eventually(
    async () => (await answeredBy('/metrics')).size === 2 && load.published.size > published,
    (both) => both,
    60_000,
  );
  expect(isSettled).toBe(true);
}

async function settledCount(name: string, expected: number): Promise<number> {
  await eventually(
    async () => json(await client.read(name)).download_count,
    (count) => count === expected,
    30_000,
  );
  return client.downloadCount(name);
}
