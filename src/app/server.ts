import { MikroORM } from '@mikro-orm/postgresql';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { entities } from './app.entities.js';
import { AppModule } from '../app.module.js';
import { createAdapter, nestLogger, setUp } from './app.setup.js';
import { BootstrapService, type FirstLogin } from '../auth/bootstrap/bootstrap.service.js';
import { markClosing } from '../common/http/requests/closing.js';
import type { Config } from '../config/config.js';
import { connectionsOf, replicaConnectionsOf } from '../database/connections/postgres-connection.js';
import { migrate } from '../database/migrate.js';
import { ormOptions } from '../database/orm-options.js';
import { serveDocumentation } from '../openapi/serve-documentation.js';

/** A server that answers requests. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly address: string;
  /** The credentials of the first administrator, if this start created them. */
  readonly firstLogin: FirstLogin | undefined;
  /**
   * Finishes running requests, then closes everything. After the timeout, connections of clients are closed, and soon
   * after those of a database that does not answer.
   */
  stop(shutdownTimeoutMs?: number): Promise<void>;
}

const defaultShutdownTimeoutMs = 6_000;
/** The timeout for remaining database work after all clients have disconnected. */
const databaseCloseTimeoutMs = 2_500;
/** The same after clients were disconnected. */
const databaseCloseAfterCutMs = 800;

export interface StartOptions {
  /** False where another process has brought the database up to date already. */
  readonly isMigrating?: boolean;
}

/** Brings the database up to date and starts a server on it. */
export async function startServer(
  config: Config,
  logger: Logger,
  { isMigrating = true }: StartOptions = {},
): Promise<RunningServer> {
  const orm = await MikroORM.init(ormOptions(config.database, entities));
  let app: NestFastifyApplication | undefined;
  const stop = async (shutdownTimeoutMs = defaultShutdownTimeoutMs) => {
    await closeGracefully(app, orm, shutdownTimeoutMs);
  };
  try {
    if (isMigrating) await migrateSchema(config);
    app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(isMigrating ? config : withoutBucketCreation(config), orm),
      createAdapter(config.server, logger),
      { bodyParser: false, logger: nestLogger(logger), abortOnError: false },
    );
    await setUp(app, config);
    serveDocumentation(app, config.server);
    const firstLogin = await app.get(BootstrapService).prepare();
    await app.listen({ host: config.server.host, port: config.server.port });
    return { app, address: addressOf(await app.getUrl()), firstLogin, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** A process that replaces another one does not create the bucket, which may have been deleted on purpose. */
function withoutBucketCreation(config: Config): Config {
  const { storage } = config;
  return storage.kind === 's3' ? { ...config, storage: { ...storage, canCreateBucket: false } } : config;
}

/** Migrations have no statement timeout. */
async function migrateSchema({ database: { url } }: Config): Promise<void> {
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2, statementTimeoutMs: 0 }, entities));
  try {
    await migrate(orm, url);
  } finally {
    await orm.close();
  }
}

/**
 * Lets running requests finish, with a timeout: then idle clients are disconnected, and so is a database that is
 * frozen, unreachable, or waiting for a lock.
 */
async function closeGracefully(
  app: NestFastifyApplication | undefined,
  orm: MikroORM,
  shutdownTimeoutMs: number,
): Promise<void> {
  if (app) markClosing(app.getHttpAdapter().getInstance());
  const server: Server | undefined = app?.getHttpServer();
  const pools = [connectionsOf(orm), ...replicaConnectionsOf(orm).map(({ connections }) => connections)];
  const destroyConnections = () => {
    for (const pool of pools) pool.destroy();
  };
  const timers = [
    setTimeout(() => server?.closeAllConnections(), shutdownTimeoutMs),
    setTimeout(destroyConnections, shutdownTimeoutMs + databaseCloseAfterCutMs),
  ];
  const limitDatabaseClose = () => timers.push(setTimeout(destroyConnections, databaseCloseTimeoutMs));
  if (server?.listening) server.once('close', limitDatabaseClose);
  else limitDatabaseClose();
  try {
    await app?.close();
    await orm.close();
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function addressOf(url: string): string {
  return url.replace('[::1]', 'localhost').replace('0.0.0.0', '127.0.0.1').replace('[::]', 'localhost');
}
