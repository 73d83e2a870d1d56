import { randomUUID } from 'node:crypto';
import { chownSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ifPresent } from '../node-errors.js';
import { isPidTaken, runsPostgresIn } from './process-identity.js';

/** Higher than any pid of any system. */
const unusedPid = 2 ** 31 - 1;
const partialWriteMs = 1_000;

/** The content of `postmaster.pid` of a running PostgreSQL. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** The PostgreSQL that runs on the cluster in `folder`, started by any process. */
export function findPostmaster(folder: string): Postmaster | undefined {
  const [pid, , , port, , , , status] = readLines(folder);
  const postmaster = { pid: Number(pid), port: Number(port), isReady: status?.trim() === 'ready' };
  return postmaster.pid > 0 && postmaster.port > 0 && runsPostgresIn(postmaster.pid, folder) ? postmaster : undefined;
}

/**
 * Prepares the `postmaster.pid` of a dead server for the next start. PostgreSQL accepts a pid that does not exist, but
 * fails if another program has the pid now, or if the file is empty. Only the pid is replaced, because the file also
 * names the shared memory by which PostgreSQL detects old backends.
 */
export function neutralizeStaleFile(folder: string): void {
  const path = join(folder, 'postmaster.pid');
  const [line = '', ...rest] = readLines(folder);
  const pid = Number(line);
  if (pid > 0 && isPidTaken(pid)) replace(path, [unusedPid, ...rest].join('\n'));
  if (!(pid > 0)) removeIfAbandoned(path);
}

function readLines(folder: string): string[] {
  return ifPresent(() => readFileSync(join(folder, 'postmaster.pid'), 'utf8'))?.split('\n') ?? [];
}

function replace(path: string, content: string): void {
  const { uid, gid } = statSync(path);
  const replacement = `${path}.${randomUUID()}`;
  writeFileSync(replacement, content, { mode: 0o600, flag: 'wx' });
  chownSync(replacement, uid, gid);
  renameSync(replacement, path);
}

/** A file without a pid is being written, or was when the machine crashed. */
function removeIfAbandoned(path: string): void {
  const age = ifPresent(() => Date.now() - statSync(path).mtimeMs);
  if (age !== undefined && age > partialWriteMs) unlinkSync(path);
}
