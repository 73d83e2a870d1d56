import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { findPostmaster } from '@promptyard/embedded-postgres/server/postmaster-file.js';
import { postgresProcessesIn } from '@promptyard/embedded-postgres/server/process-identity.js';
import { eventually, killPostgres, postmasterOf, Sandbox } from './sandbox.js';

const recoveredWithinMs = 30_000;
const onLinux = process.platform === 'linux' ? it : it.skip;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a server, commits a row, and kills the server alone. */
async function orphan(): Promise<string> {
  const server = sandbox.spawn();
  const { url } = await server.ready();
  await run(url, `create table kept as select 'committed' as word`);
  await server.kill();
  return url;
}

async function expectRecovery(): Promise<void> {
  const started = performance.now();
  const { url } = await sandbox.startHere();
  expect(performance.now() - started).toBeLessThan(recoveredWithinMs);
  expect(await run(url, 'select word from kept')).toEqual([{ word: 'committed' }]);
}

const pidFile = () => join(sandbox.cluster, 'postmaster.pid');

it('adopts the PostgreSQL that a killed server has left running', async () => {
  const url = await orphan();
  const { pid } = postmasterOf(sandbox.cluster);
  await expectRecovery();
  expect(postmasterOf(sandbox.cluster).pid).toBe(pid);
  expect(await run(url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
});

it('recovers after kill -9 of everything', async () => {
  await orphan();
  await killPostgres(sandbox.cluster);
  await expectRecovery();
});

it('recovers when the pid of the dead postmaster belongs to another program', async () => {
  await orphan();
  await killPostgres(sandbox.cluster);
  const { uid, gid } = statSync(sandbox.cluster);
  // Of PostgreSQL's own user: that is when PostgreSQL takes it for a living server.
  const stranger = spawn('sleep', ['60'], { uid, gid });
  await once(stranger, 'spawn');
  try {
    writeFileSync(pidFile(), readFileSync(pidFile(), 'utf8').replace(/^\d+/, String(stranger.pid)));
    await expectRecovery();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill();
  }
});

it('recovers from a pid file that a power cut left empty', async () => {
  await orphan();
  await killPostgres(sandbox.cluster);
  writeFileSync(pidFile(), '');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(pidFile(), longAgo, longAgo);
  await expectRecovery();
});

onLinux('waits for backends that outlive the postmaster, and ends those that would run for minutes', async () => {
  const url = await orphan();
  const busy = new Client(url);
  busy.on('error', () => undefined);
  await busy.connect();
  const endless = busy.query('select count(*) from generate_series(1, 1e12::bigint)').catch((error: unknown) => error);
  await delay(200);
  process.kill(postmasterOf(sandbox.cluster).pid, 'SIGKILL');
  await delay(200);
  expect(postgresProcessesIn(sandbox.cluster)).toHaveLength(1);
  await expectRecovery();
  expect(await endless).toBeInstanceOf(Error);
});

it('waits for an orphaned PostgreSQL that is shutting down, and starts it again', async () => {
  await orphan();
  const { pid } = postmasterOf(sandbox.cluster);
  process.kill(pid, 'SIGINT');
  await expectRecovery();
  expect(postmasterOf(sandbox.cluster).pid).not.toBe(pid);
});

it('waits for an orphaned PostgreSQL that is starting', async () => {
  await orphan();
  await killPostgres(sandbox.cluster);
  const early = sandbox.spawn();
  const { pid } = await eventually(() => findPostmaster(sandbox.cluster), 'PostgreSQL to begin');
  process.kill(pid, 'SIGSTOP');
  await early.kill();
  setTimeout(() => process.kill(pid, 'SIGCONT'), 500);
  await expectRecovery();
  expect(postmasterOf(sandbox.cluster).pid).toBe(pid);
});

onLinux('creates a new cluster if the data folder of an orphaned PostgreSQL was deleted', async () => {
  await orphan();
  const { cluster, dataDir } = sandbox;
  rmSync(dataDir, { recursive: true });
  try {
    const { url } = await sandbox.startHere();
    await expect(run(url, 'select word from kept')).rejects.toThrow('does not exist');
  } finally {
    await killPostgres(`${cluster} (deleted)`);
  }
});

it('does not adopt the PostgreSQL of the original for a copied data folder', async () => {
  const original = sandbox.spawn();
  const { url, location } = await original.ready();
  await run(url, `create table kept as select 'committed' as word`);
  const dataDir = join(sandbox.folder, 'copy');
  execFileSync('cp', ['-a', sandbox.dataDir, dataDir]);
  const copy = await sandbox.startHere({ dataDir });
  expect(postmasterOf(copy.location).pid).not.toBe(postmasterOf(location).pid);
  expect(original.events.map(({ event }) => event)).toEqual(['ready']);
});
