import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { findBinaries } from '@promptyard/embedded-postgres/cluster/platform-binaries.js';
import { ServerLog } from '@promptyard/embedded-postgres/server/server-log.js';
import { Sandbox } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

it('names the version of PostgreSQL that created the cluster if it is another major version', async () => {
  const { location, stop } = await sandbox.startHere();
  await stop();
  writeFileSync(join(location, 'PG_VERSION'), '17\n');
  await expect(sandbox.startHere()).rejects.toThrow(
    new RegExp(`^${location} was made by PostgreSQL 17, this Promptyard brings PostgreSQL 18: [^\n]+$`),
  );
});

it('asks for DATABASE_URL on a platform without a bundled PostgreSQL', async () => {
  await expect(findBinaries('sunos', 'sparc')).rejects.toThrow(
    /^There is no embedded PostgreSQL for sunos-sparc [^\n]*: set DATABASE_URL to a PostgreSQL server\.$/,
  );
});

it('does not touch a folder that is no cluster', async () => {
  mkdirSync(join(sandbox.dataDir, 'postgres'), { recursive: true });
  writeFileSync(join(sandbox.dataDir, 'postgres', 'notes.txt'), 'mine');
  await expect(sandbox.startHere()).rejects.toThrow(/^[^\n]+postgres is in the way: it is not a PostgreSQL cluster\.$/);
  expect(readFileSync(join(sandbox.dataDir, 'postgres', 'notes.txt'), 'utf8')).toBe('mine');
});

it('gives the reason and the log when PostgreSQL does not start', async () => {
  const { location, stop } = await sandbox.startHere();
  await stop();
  rmSync(join(location, 'global', 'pg_control'));
  await expect(sandbox.startHere()).rejects.toThrow(
    /^PostgreSQL in \S+ did not start: [^\n]+ \(see \S+postgres\.log\)\.$/,
  );
});

it('keeps the log bounded while PostgreSQL writes to it, and no data in it', async () => {
  const { url } = await sandbox.startHere();
  const log = new ServerLog(sandbox.dataDir);
  const before = readFileSync(log.path, 'utf8');
  expect(before).toContain('ready to accept connections');
  log.trim(before.length - 1);
  expect(readFileSync(`${log.path}.1`, 'utf8')).toBe(before);
  await violateUniqueness(url, 'a confidential prompt');
  const after = readFileSync(log.path, 'utf8');
  expect(after).toMatch(/^\d{4}-.* ERROR: {2}duplicate key value violates unique constraint "words_word_key"\n$/);
  log.trim(after.length);
  expect(readFileSync(log.path, 'utf8')).toBe(after);
});

async function violateUniqueness(url: string, word: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query('create table words (word text unique)');
  const insert = () => client.query(`insert into words values ('${word}')`);
  await insert();
  await expect(insert()).rejects.toThrow('duplicate key');
  await client.end();
}
