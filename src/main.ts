import { existsSync } from 'node:fs';
import { createLogger } from './app.setup.js';
import { showFirstLogin, showWelcome } from './cli/welcome.js';
import { type Config, readConfig } from './config/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded/embedded-postgres.js';
import { type RunningServer, startServer } from './server.js';

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const logger = createLogger(config.server);
  const embedded = config.database.url === '' ? await startEmbedded(config, (message) => logger.info(message)) : undefined;
  let server: RunningServer;
  try {
    const url = embedded?.url ?? config.database.url;
    server = await startServer({ ...config, database: { ...config.database, url } }, logger);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  stopOnSignals(server, embedded);
  if (server.firstLogin) showFirstLogin(server.firstLogin, config.dataDirectory);
  showWelcome(config.server.publicUrl ?? server.address);
}

function startEmbedded({ dataDirectory }: Config, onNotice: (message: string) => void): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir: dataDirectory, onNotice });
}

/** The first signal stops the server in good order, the second at once. */
function stopOnSignals(server: RunningServer, embedded: EmbeddedPostgres | undefined): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    await server.stop();
    await embedded?.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  // What is wrong with the configuration or the data folder is one message for people, no stack.
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const isExpected = ['InvalidConfiguration', 'SecretMismatch', 'DataFolderInUse'].includes(name);
  process.stderr.write(`promptyard: ${isExpected ? message : (stack ?? message)}\n`);
  process.exit(1);
});
