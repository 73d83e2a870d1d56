import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { postgresProcessesIn, runsPostgresIn, signalProcess } from './process-identity.js';

const pollIntervalMs = 10;
/** PostgreSQL itself kills what has not obeyed an immediate shutdown after 5 seconds. */
const immediateTimeoutMs = 8_000;
const killTimeoutMs = 2_000;

export interface StopOptions {
  /** How long open transactions may take to be rolled back and a checkpoint to be written. */
  readonly fastMs: number;
  /** How long processes may take to end as they are, to recover at the next start. */
  readonly immediateMs?: number;
  readonly onNotice: (message: string) => void;
}

/** Stops PostgreSQL cleanly and resolves when it has ended. Forces the stop, with a notice, if it takes too long. */
export async function stopPostmaster(pid: number, folder: string, options: StopOptions): Promise<void> {
  const { fastMs, immediateMs = immediateTimeoutMs, onNotice } = options;
  // A stopped process receives other signals only after SIGCONT.
  if (runsPostgresIn(pid, folder)) signalProcess(pid, 'SIGCONT');
  if (await signalAndWait(pid, folder, 'SIGINT', fastMs)) return;
  onNotice(
    `PostgreSQL did not stop within ${Math.round(fastMs / 100) / 10} s; stopping it at once, it will recover at its next start.`,
  );
  if (await signalAndWait(pid, folder, 'SIGQUIT', immediateMs)) return;
  // Without its parent a backend ends by itself, unless it is frozen.
  const all = postgresProcessesIn(folder);
  const isDown = await signalAndWait(pid, folder, 'SIGKILL', killTimeoutMs);
  for (const remainingPid of all) if (runsPostgresIn(remainingPid, folder)) signalProcess(remainingPid, 'SIGKILL');
  if (isDown) return;
  throw new EmbeddedPostgresError(`PostgreSQL in ${folder} (process ${pid}) cannot be stopped.`);
}

async function signalAndWait(pid: number, folder: string, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (let sent = false; runsPostgresIn(pid, folder); sent = true) {
    if (!sent) signalProcess(pid, signal);
    if (Date.now() > deadline) return false;
    await delay(pollIntervalMs);
  }
  return true;
}
