import cluster from 'node:cluster';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { onRestartSignal } from '../app/restart-signal.js';
import type { WorkerReady } from './messages.js';
import { WorkerSlot } from './worker-slot.js';

/** Several processes that share one port. */
export interface RunningWorkers extends WorkerReady {
  /** Finishes running requests of all workers, and ends them. */
  stop(): Promise<void>;
}

/**
 * Starts the workers of this machine and restarts those that die. The first one migrates the database before the others
 * start. SIGUSR2 replaces them one after the other without losing a request, once all have started.
 */
export async function startWorkers({ server, database }: Config, logger: Logger): Promise<RunningWorkers> {
  const preload = pathToFileURL(join(import.meta.dirname, '..', 'app', 'unused-http-exports.js')).href;
  const execArgv = [...process.execArgv, '--import', preload];
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'worker.js'), args: [], execArgv });
  // Settings that this process has computed for all of them.
  const environment = { DATABASE_URL: database.url, WORKERS: String(server.workers) };
  const slots = Array.from({ length: server.workers }, (_, index) => new WorkerSlot(index + 1, environment, logger));
  const stop = async () => {
    await Promise.all(slots.map((slot) => slot.close()));
  };
  try {
    const ready = await startAll(slots);
    onRestartSignal(oneAtATime(() => replaceAll(slots, logger)));
    return { ...ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll([first, ...others]: readonly WorkerSlot[]): Promise<WorkerReady> {
  if (!first) throw new RangeError('there must be a worker');
  const ready = await first.start({ isMigrating: true });
  await Promise.all(others.map((slot) => slot.start({ isMigrating: false })));
  return ready;
}

async function replaceAll(slots: readonly WorkerSlot[], logger: Logger): Promise<void> {
  logger.info('replacing all workers');
  try {
    for (const [index, slot] of slots.entries()) await slot.replace({ isMigrating: index === 0 });
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
