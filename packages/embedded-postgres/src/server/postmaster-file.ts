import { randomUUID } from 'node:crypto';
import { chownSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ifPresent } from '../node-errors.js';
import { isPidTaken, runsPostgresIn } from './process-identity.js';

/** Above every system's highest pid. */
const NO_PROCESS = 2 ** 31 - 1;
const HALF_WRITTEN_FOR_MS = 1_000;

/** What a running PostgreSQL says of itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** The PostgreSQL that runs on the cluster in `folder`, whoever started it. */
export function findPostmaster(folder: string): Postmaster | undefined {
  const [pid, , , port, , , , status] = readLines(folder);
  const postmaster = { pid: Number(pid), port: Number(port), isReady: status?.trim() === 'ready' };
  return postmaster.pid > 0 && postmaster.port > 0 && runsPostgresIn(postmaster.pid, folder) ? postmaster : undefined;
}

/**
 * Readies the `postmaster.pid` of a dead server for the next one. PostgreSQL copes with a pid that is gone, but gives
 * up on one that another program has by now, and on an empty file. The pid alone is replaced, because the file also
 * names the shared memory by which PostgreSQL sees that old backends still live.
 */
export function disarmStaleFile(folder: string): void {
  const path = join(folder, 'postmaster.pid');
  const [line = '', ...rest] = readLines(folder);
  const pid = Number(line);
  if (pid > 0 && isPidTaken(pid)) replace(path, [NO_PROCESS, ...rest].join('\n'));
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

/** A file without a pid is being written at this moment, or was when the machine went down. */
function removeIfAbandoned(path: string): void {
  const age = ifPresent(() => Date.now() - statSync(path).mtimeMs);
  if (age !== undefined && age > HALF_WRITTEN_FOR_MS) unlinkSync(path);
}
