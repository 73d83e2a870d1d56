import { existsSync } from 'node:fs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { showFirstLogin, showWelcome } from '../admin/welcome.js';
import { type Config, readConfig } from '../config/config.js';
import { explainFailure } from './explain-failure.js';
import { createLogger } from './logger.js';
import { onRestartSignal } from './restart-signal.js';
import { type RunningServer, startServer } from './server.js';

interface Running {
  readonly server: Pick<RunningServer, 'stop'>;
  readonly embedded: EmbeddedPostgres | undefined;
}

// A terminal sends Ctrl-C to npm and to us, and npm passes it on: what comes so soon is the same wish.
const sameWishMs = 2_000;
/** From the first signal to the end, whatever clients, the database or the object store do. */
const longestStopMs = 9_500;
/** By then the embedded database has to be down, or at least so long after everything else. */
const databaseStopMs = 8_700;
const leastDatabaseStopMs = 700;

const nothingToReplace =
  'SIGUSR2 replaces workers one after the other, but this server is a single process: nothing is restarted. Set WORKERS to 2 or more.';

async function start(): Promise<Running> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const launch = await starterOf(config);
  const logger = createLogger(config.server);
  if (config.server.workers === 1) onRestartSignal(() => logger.warn(nothingToReplace));
  const embedded =
    config.database.url === ''
      ? await startEmbeddedPostgres({
          dataDir: config.dataDirectory,
          onNotice: (message) => logger.warn(message),
          onLost: fail,
        })
      : undefined;
  try {
    const url = embedded?.url ?? config.database.url;
    const server = await launch({ ...config, database: { ...config.database, url } }, logger);
    if (server.firstLogin) showFirstLogin(server.firstLogin, config.dataDirectory);
    showWelcome(config.server.publicUrl ?? server.address);
    return { server, embedded };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The server itself is loaded in any case: loaded later it would take a few more megabytes where it is the only process. */
async function starterOf({ server: { workers } }: Config) {
  return workers > 1 ? (await import('../workers/start-workers.js')).startWorkers : startServer;
}

/** The first signal stops the server in good order, also while it is still starting; one that comes later, at once. */
function stopOnSignals(started: Promise<Running>): void {
  let firstSignalAt: number | undefined;
  const onSignal = () => {
    if (firstSignalAt === undefined) {
      firstSignalAt = Date.now();
      const deadline = firstSignalAt + databaseStopMs;
      setTimeout(() => process.exit(1), longestStopMs).unref();
      started.then((running) => stop(running, deadline)).catch(fail);
    } else if (Date.now() - firstSignalAt > sameWishMs) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}

async function stop({ server, embedded }: Running, deadline: number): Promise<void> {
  try {
    await server.stop();
  } finally {
    await embedded?.stop(Math.max(deadline - Date.now(), leastDatabaseStopMs));
  }
  process.exit(0);
}

function fail(error: unknown): void {
  process.stderr.write(`promptyard: ${explainFailure(error)}\n`);
  process.exit(1);
}

/** Starts the server as its environment says, and ends the process when it is told to. */
export function runServer(): void {
  const started = start();
  stopOnSignals(started);
  started.catch(fail);
}
