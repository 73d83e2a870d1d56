import cluster from 'node:cluster';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { onRestartSignal } from '../app/restart-signal.js';
import type { Ready } from './messages.js';
import { Seat } from './seat.js';

/** Several processes that share one port, as whoever started them sees them. */
export interface RunningWorkers extends Ready {
  /** Lets all of them answer what is under way and end. */
  stop(): Promise<void>;
}

/**
 * Starts the workers of this machine and keeps their number. The first one brings the database up to date before the
 * others begin. SIGUSR2 replaces them one after the other without losing a request, as soon
 * as all have started.
 */
export async function startWorkers({ server, database }: Config, logger: Logger): Promise<RunningWorkers> {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'worker.js'), args: [] });
  // What this process was told, and what it found out for all of them.
  const environment = { DATABASE_URL: database.url, WORKERS: String(server.workers) };
  const seats = Array.from({ length: server.workers }, (_, index) => new Seat(index + 1, environment, logger));
  const stop = async () => {
    await Promise.all(seats.map((seat) => seat.close()));
  };
  try {
    const ready = await fill(seats);
    onRestartSignal(oneAtATime(() => replaceAll(seats, logger)));
    return { ...ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fill([first, ...others]: readonly Seat[]): Promise<Ready> {
  if (!first) throw new RangeError('there must be a worker');
  const ready = await first.fill({ migrates: true });
  await Promise.all(others.map((seat) => seat.fill({ migrates: false })));
  return ready;
}

async function replaceAll(seats: readonly Seat[], logger: Logger): Promise<void> {
  logger.info('replacing all workers');
  try {
    for (const [index, seat] of seats.entries()) await seat.replace({ migrates: index === 0 });
    logger.info('all workers are replaced');
  } catch (error) {
    logger.error(`not all workers are replaced, the others go on: ${String(error)}`);
  }
}

/** Ignores calls while one is running. */
function oneAtATime(work: () => Promise<void>): () => void {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => (running = undefined));
  };
}
