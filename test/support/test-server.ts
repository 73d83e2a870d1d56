import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '../../src/app/logger.js';
import { type Environment, readConfig } from '../../src/config/config.js';
import type { RunningServer } from '../../src/app/server.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** Settings for objects in the server's own folder instead of the run's object store. */
export const onDisk: Environment = { S3_ENDPOINT: '', S3_BUCKET: '', S3_ACCESS_KEY: '', S3_SECRET_KEY: '' };

export const adminPassword = 'correct horse battery';

export interface TestServer {
  readonly url: string;
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  readonly adminKey: string;
  readonly environment: Environment;
  stop(): Promise<void>;
}

/** The settings of a server under test: a separate database, and the run's object store or a folder. */
export function testEnvironment(databaseUrl: string, dataDirectory: string): Environment {
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDirectory,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ADMIN_PASSWORD: adminPassword,
    LOGIN_ATTEMPTS_PER_MINUTE: '1000',
    ...storeSettings(),
  };
}

/** The folder of unchecked uploads: that of the store if it is on disk, so that they become objects without a copy. */
export function uploadFolderOf({
  environment,
  dataDirectory,
}: Pick<TestServer, 'environment' | 'dataDirectory'>): string {
  return environment.S3_ENDPOINT ? join(dataDirectory, 'uploads') : join(dataDirectory, 'objects', '.incoming');
}

/** A server whose modules are loaded in the spec, so that the spec can access its application. */
export interface OpenTestServer extends TestServer {
  readonly app: NestFastifyApplication;
}

declare global {
  /** From test/support/run/environment.mjs. */
  var startCompiledServer: (
    environment: Environment,
  ) => Promise<Pick<RunningServer, 'address' | 'firstLogin' | 'stop'>>;
}

/** A real server on a real port, with a separate database. */
export async function startTestServer(overrides: Environment = {}): Promise<TestServer> {
  return (await start(overrides, globalThis.startCompiledServer)).testServer;
}

/** The same, for specs that access its application. It takes longer, because the modules are loaded again. */
export async function startOpenTestServer(overrides: Environment = {}): Promise<OpenTestServer> {
  const { startServer } = await import('../../src/app/server.js');
  const { testServer, running } = await start(overrides, (environment) => {
    const config = readConfig(environment);
    return startServer(config, createLogger(config.server));
  });
  return { ...testServer, app: running.app };
}

async function start<Running extends Pick<RunningServer, 'address' | 'firstLogin' | 'stop'>>(
  overrides: Environment,
  startServer: (environment: Environment) => Promise<Running>,
): Promise<{ testServer: TestServer; running: Running }> {
  const database = await createTestDatabase();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-server-'));
  const environment = { ...testEnvironment(database.url, dataDirectory), ...overrides };
  const running = await startServer(environment);
  const stop = async () => {
    await running.stop();
    await database.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  const adminKey = running.firstLogin?.apiKey ?? '';
  const testServer = { url: running.address, database, dataDirectory, adminKey, environment, stop };
  return { testServer, running };
}

function storeSettings(): Environment {
  const { endpoint, accessKey, secretKey } = JSON.parse(process.env.PROMPTYARD_TEST_S3 ?? '{}') as Record<
    string,
    string
  >;
  if (!endpoint) return {};
  const bucket = `test-${randomBytes(8).toString('hex')}`;
  return { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
}
