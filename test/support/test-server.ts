import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '../../src/logger.js';
import { type Environment, readConfig } from '../../src/config/config.js';
import { startServer } from '../../src/server.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export const adminPassword = 'correct horse battery';

export interface TestServer {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  readonly adminKey: string;
  readonly environment: Environment;
  stop(): Promise<void>;
}

/** What a server under test is configured with: a database of its own, and the run's object store or a folder. */
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

/** A real server on a real port, with a database of its own. */
export async function startTestServer(overrides: Environment = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-server-'));
  const environment = { ...testEnvironment(database.url, dataDirectory), ...overrides };
  const config = readConfig(environment);
  const server = await startServer(config, createLogger(config.server));
  const stop = async () => {
    await server.stop();
    await database.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  const adminKey = server.firstLogin?.apiKey ?? '';
  return { url: server.address, app: server.app, database, dataDirectory, adminKey, environment, stop };
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
