import { MikroORM } from '@mikro-orm/postgresql';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { entities } from './app.entities.js';
import { AppModule } from '../app.module.js';
import { createAdapter, nestLogger, setUp } from './app.setup.js';
import { BootstrapService, type FirstLogin } from '../auth/bootstrap/bootstrap.service.js';
import { beginToClose } from '../common/http/requests/closing.js';
import type { Config } from '../config/config.js';
import { connectionsOf } from '../database/connections/postgres-connection.js';
import { migrate } from '../database/migrate.js';
import { ormOptions } from '../database/orm-options.js';
import { serveDocumentation } from '../openapi/serve-documentation.js';

/** A server that answers requests. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly address: string;
  /** The first admin's credentials, if this start made them. */
  readonly firstLogin: FirstLogin | undefined;
  /**
   * Answers what is under way, then lets go of everything. Clients that take longer than that are cut off, and so is,
   * soon after, a database that does not answer.
   */
  stop(longestGoodbyeMs?: number): Promise<void>;
}

const usualGoodbyeMs = 6_000;
/** What is left to do in the database once all clients are gone may take so long. */
const longestEpilogueMs = 2_500;
/** The same for requests whose clients were cut off. */
const longestEpilogueAfterCutMs = 800;

export interface StartOptions {
  /** False where another process has brought the database up to date already. */
  readonly migrates?: boolean;
}

/** Brings the database up to date and starts a server on it. */
export async function startServer(
  config: Config,
  logger: Logger,
  { migrates = true }: StartOptions = {},
): Promise<RunningServer> {
  const orm = await MikroORM.init(ormOptions(config.database, entities));
  let app: NestFastifyApplication | undefined;
  const stop = async (longestGoodbyeMs = usualGoodbyeMs) => {
    await closeInGoodOrder(app, orm, longestGoodbyeMs);
  };
  try {
    if (migrates) await migrateSchema(config);
    app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(migrates ? config : inPlaceOfAnother(config), orm),
      createAdapter(config.server, logger),
      { bodyParser: false, logger: nestLogger(logger), abortOnError: false },
    );
    await setUp(app, config);
    serveDocumentation(app);
    const firstLogin = await app.get(BootstrapService).prepare();
    await app.listen({ host: config.server.host, port: config.server.port });
    return { app, address: addressOf(await app.getUrl()), firstLogin, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** A process that takes another one's place makes no bucket: one that is gone by then stays gone. */
function inPlaceOfAnother(config: Config): Config {
  const { storage } = config;
  return storage.kind === 's3' ? { ...config, storage: { ...storage, makesBucket: false } } : config;
}

/** A migration takes as long as it takes. */
async function migrateSchema({ database: { url } }: Config): Promise<void> {
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2, statementTimeoutMs: 0 }, entities));
  try {
    await migrate(orm, url);
  } finally {
    await orm.close();
  }
}

/**
 * Lets requests under way come to their end, but not for ever: clients that send nothing are cut off, and so is a
 * database that is frozen or away, or that waits for somebody's lock.
 */
async function closeInGoodOrder(
  app: NestFastifyApplication | undefined,
  orm: MikroORM,
  longestGoodbyeMs: number,
): Promise<void> {
  if (app) beginToClose(app.getHttpAdapter().getInstance());
  const server: Server | undefined = app?.getHttpServer();
  const cutDatabase = () => connectionsOf(orm).destroy();
  const timers = [
    setTimeout(() => server?.closeAllConnections(), longestGoodbyeMs),
    setTimeout(cutDatabase, longestGoodbyeMs + longestEpilogueAfterCutMs),
  ];
  const startEpilogue = () => timers.push(setTimeout(cutDatabase, longestEpilogueMs));
  if (server?.listening) server.once('close', startEpilogue);
  else startEpilogue();
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
