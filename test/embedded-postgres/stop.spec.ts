import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPostmaster } from '@promptyard/embedded-postgres/server/postmaster-file.js';
import { postgresProcessesIn } from '@promptyard/embedded-postgres/server/process-identity.js';
import { Client } from 'pg';
import { postmasterOf, Sandbox, signalPostgres } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

const log = () => readFileSync(join(sandbox.dataDir, 'postgres.log'), 'utf8');

it('keeps PostgreSQL running for the last queries after Ctrl-C to the process group, then stops it cleanly', async () => {
  const server = sandbox.spawn();
  await server.ready();
  const { cluster } = sandbox;
  server.signalGroup('SIGINT');
  expect(await server.waitForEvent('stopped')).toMatchObject({ answer: 1 });
  await server.end();
  // A PostgreSQL that had heard the signal too would have been brought back, with a notice.
  expect(server.events.map(({ event }) => event)).toEqual(['ready', 'stopped']);
  expect(findPostmaster(cluster)).toBeUndefined();
  expect(log()).toContain('database system is shut down');
});

it('is stopped when stop() returns, also with open connections and repeated calls', async () => {
  const postgres = await sandbox.startHere();
  const busy = new Client(postgres.url);
  busy.on('error', () => undefined);
  await busy.connect();
  await busy.query('begin');
  await Promise.all([postgres.stop(), postgres.stop()]);
  expect(findPostmaster(postgres.location)).toBeUndefined();
  await expect(busy.query('select 1')).rejects.toThrow();
});

it('is stopped when stop() returns even if PostgreSQL has just crashed', async () => {
  const postgres = await sandbox.startHere();
  const { location } = postgres;
  signalPostgres(location, 'SIGKILL');
  await delay(5);
  await postgres.stop();
  expect(findPostmaster(location)).toBeUndefined();
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('stops by force, says so, and recovers later, when PostgreSQL does not obey', async () => {
  const notices: string[] = [];
  const postgres = await sandbox.startHere({ fastMs: 300 }, notices);
  const { pid } = postmasterOf(postgres.location);
  const stuck = postgresProcessesIn(postgres.location).filter((candidate) => candidate !== pid);
  for (const process_ of stuck) process.kill(process_, 'SIGSTOP');
  await postgres.stop();
  expect(postgresProcessesIn(postgres.location)).toEqual([]);
  expect(notices).toEqual([expect.stringContaining('did not stop within 0.3 s')]);
  await sandbox.startHere();
});
