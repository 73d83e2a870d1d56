import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataFolderInUse } from '@promptyard/embedded-postgres/embedded-postgres.errors.js';
import { eventually, killPostgres, postmasterOf, Sandbox, signalPostgres } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

/** Undefined while PostgreSQL does not answer. */
async function answer(url: string): Promise<string | undefined> {
  const client = new Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<{ started: string }>('select pg_postmaster_start_time()::text as started')).rows[0]
      ?.started;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

it('refuses a second server with one line that names the folder and the owner, and does not disturb the first', async () => {
  const first = sandbox.spawn();
  const { url } = await first.ready();
  const before = await answer(url);
  const refusal = await sandbox.startHere().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataFolderInUse);
  expect(String(refusal)).toBe(
    `DataFolderInUse: The data folder ${sandbox.dataDir} is in use by another Promptyard (process ${first.pid}): stop that one, or choose another folder.`,
  );
  expect(await answer(url)).toBe(before);
  expect(first.events.map(({ event }) => event)).toEqual(['ready']);
});

it('starts exactly one of several servers at the same time on a new folder', async () => {
  const servers = [sandbox.spawn(), sandbox.spawn(), sandbox.spawn()];
  const outcomes = await Promise.all(servers.map((server) => server.waitForEvent('ready', 'failed')));
  expect(outcomes.filter(({ event }) => event === 'ready')).toHaveLength(1);
  const losers = outcomes.filter(({ event }) => event === 'failed');
  expect(losers.map(({ name }) => name)).toEqual(['DataFolderInUse', 'DataFolderInUse']);
  await Promise.all(servers.filter((_, index) => outcomes[index]?.event === 'failed').map((server) => server.end()));
  expect(await answer(outcomes.find(({ url }) => url)?.url ?? '')).toBeDefined();
});

it('starts exactly one of several servers at the same time after kill -9 of everything', async () => {
  const killed = sandbox.spawn();
  await killed.ready();
  await killed.kill();
  await killPostgres(sandbox.cluster);
  const servers = [sandbox.spawn(), sandbox.spawn(), sandbox.spawn()];
  const outcomes = await Promise.all(servers.map((server) => server.waitForEvent('ready', 'failed')));
  expect(outcomes.map(({ name }) => name).sort()).toEqual(['DataFolderInUse', 'DataFolderInUse', undefined]);
});

it('lets another server take the folder at once when the owner is killed', async () => {
  const first = sandbox.spawn();
  await first.ready();
  await first.kill();
  // A start waits a few seconds at most, and fails then.
  await expect(sandbox.startHere()).resolves.toBeDefined();
});

it('lets another server take the folder while the owner is stopping', async () => {
  const first = sandbox.spawn();
  await first.ready();
  process.kill(first.pid, 'SIGTERM');
  const second = sandbox.spawn();
  const { url } = await second.ready();
  await first.waitForEvent('stopped');
  expect(await answer(url)).toBeDefined();
  expect(second.events.map(({ event }) => event)).toEqual(['ready']);
});

it('restarts a dead PostgreSQL on the same port, and owns it again', async () => {
  const owner = sandbox.spawn();
  const { url } = await owner.ready();
  const recoveries = () => owner.events.filter(({ message }) => message?.includes('is back'));
  signalPostgres(sandbox.cluster, 'SIGKILL');
  await eventually(() => recoveries().at(0), 'PostgreSQL to be back after the death of all its processes');
  expect(await answer(url)).toBeDefined();
  await killOneBackend(url);
  await eventually(() => recoveries().at(1), 'PostgreSQL to be back after the death of one of its processes');
  expect(await answer(url)).toBeDefined();
  await expect(sandbox.startHere()).rejects.toBeInstanceOf(DataFolderInUse);
  process.kill(owner.pid, 'SIGTERM');
  await owner.waitForEvent('stopped');
  await owner.end();
  expect(await answer(url)).toBeUndefined();
});

/** PostgreSQL restarts all of its processes when one of them dies. */
async function killOneBackend(url: string): Promise<void> {
  process.kill(await pidOf(url, 'select pg_backend_pid() as pid'), 'SIGKILL');
}

async function endOwnersConnection(url: string): Promise<void> {
  process.kill(await pidOf(url, `select pid from pg_locks where locktype = 'advisory'`), 'SIGTERM');
}

async function pidOf(url: string, sql: string): Promise<number> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(sql);
  const [row] = rows;
  // The connection stays open: its backend is about to be killed.
  if (sql.includes('pg_locks')) await client.end();
  if (row === undefined) throw new Error('no such PostgreSQL process');
  return row.pid;
}

it('moves PostgreSQL back to its own port when another server has left it on a different one', async () => {
  const paused = sandbox.spawn();
  const { url } = await paused.ready();
  process.kill(paused.pid, 'SIGSTOP');
  await killPostgres(sandbox.cluster);
  const other = sandbox.spawn();
  expect((await other.ready()).url).not.toBe(url);
  await other.kill();
  process.kill(paused.pid, 'SIGCONT');
  await eventually(() => paused.events.find(({ message }) => message?.includes('is back')), 'PostgreSQL to be back');
  expect(await answer(url)).toBeDefined();
});

it('takes its lock again when only the connection is lost', async () => {
  const notices: string[] = [];
  const postgres = await sandbox.startHere({}, notices);
  await endOwnersConnection(postgres.url);
  await eventually(() => notices.find((notice) => notice.includes('is back')), 'the lock to be retaken');
  const rival = await sandbox.spawn().waitForEvent('ready', 'failed');
  expect(rival.name).toBe('DataFolderInUse');
});

it('reports the folder as lost when another server has taken it, and does not disturb that one', async () => {
  const paused = sandbox.spawn();
  const { url } = await paused.ready();
  process.kill(paused.pid, 'SIGSTOP');
  await endOwnersConnection(url);
  const successor = await sandbox.startHere();
  process.kill(paused.pid, 'SIGCONT');
  expect(await paused.waitForEvent('lost')).toMatchObject({ name: 'DataFolderInUse' });
  process.kill(paused.pid, 'SIGTERM');
  await paused.waitForEvent('stopped');
  await paused.end();
  expect(await answer(successor.url)).toBeDefined();
});

it('reports the folder as lost when it was removed during operation, and creates no empty one', async () => {
  const reasons: Error[] = [];
  const { location } = await sandbox.startHere({ onLost: (reason) => reasons.push(reason) });
  const { pid } = postmasterOf(location);
  await rm(join(sandbox.dataDir, 'postgres'), { recursive: true });
  process.kill(pid, 'SIGKILL');
  const reason = await eventually(() => reasons.at(0), 'the loss to be reported');
  expect(reason.message).toContain('was removed or replaced');
});
