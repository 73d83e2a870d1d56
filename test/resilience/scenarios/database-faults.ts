import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { adminPassword, onDisk, testEnvironment } from '../../support/test-server.js';
import { beginRequest } from '../support/begin-request.js';
import { DedicatedPostgres } from '../support/dedicated-postgres.js';
import { poolsOf } from '../support/pool-metrics.js';
import { RegistryClient, send } from '../support/registry-client.js';
import { ServerProcess } from '../support/server-process.js';
import { eventually, makeAdminKey } from '../support/server-environment.js';
import { Writers } from '../support/writers.js';

/** What PostgreSQL does when the server is told to end. */
export type LastFault = 'none' | 'frozen' | 'gone' | 'locked';

export interface FaultPlan {
  readonly workers: number;
  readonly poolSize: number;
  readonly writers: number;
  /** Connections that are ended inside of a transaction. */
  readonly terminations: number;
  readonly restarts: number;
  readonly stops: number;
  readonly stopMs: number;
  readonly lastFault: LastFault;
}

export interface FaultReport {
  readonly acknowledged: number;
  /** Acknowledged writes that are lost or duplicated. */
  readonly problems: readonly string[];
  /** Answers that were no success, and how often each was given. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly unanswered: readonly string[];
  /** For each fault, how long after its end the server was ready; Infinity if it was not within a minute. */
  readonly readyAfterMs: Readonly<Record<'termination' | 'restart' | 'stop', readonly number[]>>;
  /** The number of processes with pool metrics. */
  readonly processes: number;
  /** Connections that nothing gave back, of all processes, once nothing asked for any. */
  readonly connectionsInUse: number;
  readonly endedAfterMs: number;
  readonly exitCode: number | null;
  readonly log: string;
}

const maxRecoveryMs = 60_000;
const terminatedAtOnce = 10;
const locks = `begin; lock table prompt, revision, account, owner, api_key in access exclusive mode`;

/** Does all of the plan to the database of one server under load, then ends the server. */
export async function runDatabaseFaults(plan: FaultPlan): Promise<FaultReport> {
  const postgres = await DedicatedPostgres.start();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-faults-data-'));
  const server = new ServerProcess({
    ...testEnvironment(postgres.url, dataDirectory),
    ...onDisk,
    LOG_LEVEL: 'warn',
    WORKERS: String(plan.workers),
    DATABASE_POOL_SIZE: String(plan.poolSize),
  });
  try {
    const url = await server.ready();
    const client = new RegistryClient(url, await makeAdminKey(url, adminPassword));
    const writers = await Writers.start(client, plan.writers);
    const readyAfterMs = await injectFaults(postgres, client, plan);
    await writers.stop();
    const figures = {
      acknowledged: writers.acknowledged.size,
      problems: await writers.problems(postgres),
      refusals: Object.fromEntries(writers.refusals),
      unanswered: writers.unanswered,
      readyAfterMs,
      processes: (await poolsOf(client)).length,
      connectionsInUse: await connectionsInUse(client),
    };
    return { ...figures, ...(await end(postgres, server, client, plan)), log: server.output };
  } finally {
    await server.end();
    await postgres.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function injectFaults(postgres: DedicatedPostgres, client: RegistryClient, plan: FaultPlan) {
  const [termination, restart, stop]: [number[], number[], number[]] = [[], [], []];
  await delay(500);
  for (let left = plan.terminations; left > 0;) {
    const ended = await postgres.terminate(Math.min(left, terminatedAtOnce));
    left -= ended;
    if (ended > 0) termination.push(await recovery(client, plan));
    await delay(50);
  }
  for (let count = 0; count < plan.restarts; count += 1) {
    await postgres.restart(count % 2 === 0 ? 'SIGINT' : 'SIGKILL');
    restart.push(await recovery(client, plan));
    await delay(200);
  }
  for (let count = 0; count < plan.stops; count += 1) {
    postgres.freeze();
    await delay(plan.stopMs);
    postgres.thaw();
    stop.push(await recovery(client, plan));
    await delay(200);
  }
  return { termination, restart, stop };
}

/** How long it takes until every worker is ready: asked on new connections, which go to one after the other. */
async function recovery({ url }: RegistryClient, { workers }: FaultPlan): Promise<number> {
  const since = performance.now();
  let inARow = 0;
  const isReady = await eventually(
    async () => {
      const reply = await send(`${url}/health/ready`, { agent: new http.Agent() }).catch(() => undefined);
      inARow = reply?.status === 200 ? inARow + 1 : 0;
      return inARow >= workers * 2;
    },
    Boolean,
    maxRecoveryMs,
  );
  return isReady ? Math.round(performance.now() - since) : Infinity;
}

async function connectionsInUse(client: RegistryClient): Promise<number> {
  const used = async () => (await poolsOf(client)).reduce((sum, { total, idle }) => sum + total - idle, 0);
  return eventually(used, (count) => count === 0, 20_000);
}

/** Ends the server while clients are connected and one of them writes. */
async function end(
  postgres: DedicatedPostgres,
  server: ServerProcess,
  client: RegistryClient,
  { lastFault }: FaultPlan,
) {
  const locker = lastFault === 'locked' ? await postgres.pool.connect() : undefined;
  await locker?.query(locks);
  if (lastFault === 'frozen') postgres.freeze();
  if (lastFault === 'gone') await postgres.stop();
  const stuck = await beginRequest(client.url);
  const headers = { ...client.credentials(), 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ content: 'The last one' }));
  const write = { method: 'POST', headers, body };
  const written = send(`${client.url}/v1/prompts/admin/written-0/revisions`, write).catch(() => undefined);
  await delay(300);
  const signalled = performance.now();
  server.signal('SIGTERM');
  const { code } = await server.exit;
  const endedAfterMs = Math.round(performance.now() - signalled);
  stuck.destroy();
  await written;
  locker?.release(true);
  return { endedAfterMs, exitCode: code };
}
