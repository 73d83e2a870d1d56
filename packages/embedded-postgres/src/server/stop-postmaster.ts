import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { postgresProcessesIn, runsPostgresIn, signalProcess } from './process-identity.js';

const POLL_MS = 10;
/** PostgreSQL itself kills what has not obeyed an immediate shutdown after 5 seconds. */
const IMMEDIATE_MS = 8_000;
const KILLED_MS = 2_000;

export interface StopOptions {
  /** How long open transactions may take to be rolled back and a checkpoint to be written. */
  readonly fastMs: number;
  /** How long processes may take to end as they are, to recover at the next start. */
  readonly immediateMs?: number;
  readonly onNotice: (message: string) => void;
}

/** Stops PostgreSQL cleanly and returns when it is down; by force if it takes too long, and then says so. */
export async function stopPostmaster(pid: number, folder: string, options: StopOptions): Promise<void> {
  const { fastMs, immediateMs = IMMEDIATE_MS, onNotice } = options;
  // One that was frozen hears nothing else.
  if (runsPostgresIn(pid, folder)) signalProcess(pid, 'SIGCONT');
  if (await ended(pid, folder, 'SIGINT', fastMs)) return;
  onNotice(
    `PostgreSQL did not stop within ${Math.round(fastMs / 100) / 10} s; stopping it at once, it will recover at its next start.`,
  );
  if (await ended(pid, folder, 'SIGQUIT', immediateMs)) return;
  // Without its parent a process ends by itself, but not one that is frozen.
  const all = postgresProcessesIn(folder);
  const isDown = await ended(pid, folder, 'SIGKILL', KILLED_MS);
  for (const left of all) if (runsPostgresIn(left, folder)) signalProcess(left, 'SIGKILL');
  if (isDown) return;
  throw new EmbeddedPostgresError(`PostgreSQL in ${folder} (process ${pid}) cannot be stopped.`);
}

async function ended(pid: number, folder: string, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (let sent = false; runsPostgresIn(pid, folder); sent = true) {
    if (!sent) signalProcess(pid, signal);
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
