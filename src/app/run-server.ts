import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { type Config, readConfig } from '../config/config.js';
import { explainFailure } from './explain-failure.js';
import { createLogger } from './logger.js';
import { onRestartSignal } from './restart-signal.js';
import type { RunningServer } from './server.js';
import { showFirstLogin, showWelcome } from './welcome.js';

interface Running {
  readonly server: Pick<RunningServer, 'stop'>;
  readonly embedded: EmbeddedPostgres | undefined;
}

// A terminal sends Ctrl-C to npm and to this process, and npm forwards it. A second signal within this time counts as
// the same one.
const signalDebounceMs = 2_000;
/** The maximum time from the first signal to the exit. */
const stopTimeoutMs = 9_500;
/** The deadline for the embedded database, which has at least the minimum below. */
const databaseStopDeadlineMs = 8_700;
const minDatabaseStopMs = 700;

const singleProcessWarning =
  'SIGUSR2 replaces workers one after the other, but this server is a single process: nothing is restarted. Set WORKERS to 2 or more.';

/** Starts the server in this process or in several, and resolves when it listens. */
export type Launch = (
  config: Config,
  logger: Logger,
) => Promise<Pick<RunningServer, 'address' | 'firstLogin' | 'stop'>>;

const loadServer = async (): Promise<Launch> => (await import('./server.js')).startServer;

async function start(loadWorkers: () => Promise<Launch>): Promise<Running> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  let loading: Promise<Launch> | undefined;
  const load = () => (loading ??= config.server.workers > 1 ? loadWorkers() : loadServer());
  const logger = createLogger(config.server);
  if (config.server.workers === 1) onRestartSignal(() => logger.warn(singleProcessWarning));
  const embedded =
    config.database.url === ''
      ? await startEmbeddedPostgres({
          dataDir: config.dataDirectory,
          onNotice: (message) => logger.warn(message),
          // The code of the server is loaded while PostgreSQL starts.
          onWaiting: () => void load().catch(() => undefined),
          onLost: fail,
        })
      : undefined;
  try {
    const url = embedded?.url ?? config.database.url;
    const launch = await load();
    const server = await launch({ ...config, database: { ...config.database, url } }, logger);
    if (server.firstLogin) showFirstLogin(server.firstLogin, config.dataDirectory);
    showWelcome(config.server.publicUrl ?? server.address);
    return { server, embedded };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The first signal stops the server gracefully, also while it is starting. A later one ends the process at once. */
function stopOnSignals(started: Promise<Running>): void {
  let firstSignalAt: number | undefined;
  const onSignal = () => {
    if (firstSignalAt === undefined) {
      firstSignalAt = Date.now();
      const deadline = firstSignalAt + databaseStopDeadlineMs;
      setTimeout(() => process.exit(1), stopTimeoutMs).unref();
      started.then((running) => stop(running, deadline)).catch(fail);
    } else if (Date.now() - firstSignalAt > signalDebounceMs) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}

async function stop({ server, embedded }: Running, deadline: number): Promise<void> {
  try {
    await server.stop();
  } finally {
    await embedded?.stop(Math.max(deadline - Date.now(), minDatabaseStopMs));
  }
  process.exit(0);
}

function fail(error: unknown): void {
  process.stderr.write(`promptyard: ${explainFailure(error)}\n`);
  process.exit(1);
}

/**
 * Starts the server from the environment, and stops it on a signal.
 * @param loadWorkers loads what starts several processes; called only if the settings ask for them
 */
export function runServer(loadWorkers: () => Promise<Launch>): void {
  const started = start(loadWorkers);
  stopOnSignals(started);
  started.catch(fail);
}
