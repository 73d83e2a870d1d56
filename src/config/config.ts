import { join } from 'node:path';
import type { z } from 'zod';
import { analyticsSettings, type AnalyticsConfig } from './analytics.config.js';
import { authSettings, type AuthConfig } from './auth.config.js';
import { conductorSettings, type ConductorConfig } from './conductor.config.js';
import { databaseSettings, type DatabaseConfig } from './database.config.js';
import { modelSettings, type ModelsConfig } from './models.config.js';
import { openWebUiSettings, type OpenWebUiConfig } from './open-webui.config.js';
import { deriveKey, ownSecret } from './secrets.js';
import { serverSettings, type ServerConfig } from './server.config.js';
import { storageSettings, type StorageConfig } from './storage.config.js';
import { versionSettings, type VersionsConfig } from './versions.config.js';
import { shareOf } from './scalars/worker-count.js';

/** Every setting, by topic. The configuration table and `.env.example` are generated from it. */
export const settingSchemas = {
  serverSettings,
  databaseSettings,
  storageSettings,
  authSettings,
  versionSettings,
  analyticsSettings,
  conductorSettings,
  openWebUiSettings,
  modelSettings,
};

/** With only one connection, a request that needs a second one would wait for itself. */
const minConnections = 2;

export type Environment = Record<string, string | undefined>;

export interface Config {
  readonly dataDirectory: string;
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly storage: StorageConfig;
  readonly auth: AuthConfig;
  readonly versions: VersionsConfig;
  readonly analytics: AnalyticsConfig;
  readonly conductor: ConductorConfig;
  readonly openWebUi: OpenWebUiConfig;
  readonly models: ModelsConfig;
}

/** The environment is not valid. The message lists every problem, one per line, by the name of the variable. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidConfiguration';
  }
}

/**
 * Reads the configuration from the environment; secrets that it does not name are made in the data folder.
 * @throws InvalidConfiguration naming everything that is wrong or missing
 */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const server = read(serverSettings, env, problems);
  const database = read(databaseSettings, env, problems);
  const storage = read(storageSettings, env, problems);
  const auth = read(authSettings, env, problems);
  const versions = read(versionSettings, env, problems);
  const analytics = read(analyticsSettings, env, problems);
  const conductor = read(conductorSettings, env, problems);
  const openWebUi = read(openWebUiSettings, env, problems);
  const models = read(modelSettings, env, problems);
  if (!server || !database || !storage || !auth || !versions || !analytics || !conductor || !openWebUi || !models) {
    throw new InvalidConfiguration(problems);
  }

  const { dataDirectory } = storage;
  const jwtSecret = auth.jwtSecret ?? ownSecret(dataDirectory, 'jwt-secret');
  const encryptionKey = auth.encryptionKey ?? ownSecret(dataDirectory, 'encryption-key');
  return Object.freeze({
    dataDirectory,
    server,
    database: { ...database, poolSize: shareOf(database.poolSize, server.workers, minConnections) },
    storage: store(storage, jwtSecret),
    auth: { ...auth, jwtSecret, encryptionKey },
    versions: { ...versions, temporaryDirectory: join(dataDirectory, 'uploads') },
    analytics: { ...analytics, visitorSalt: deriveKey(jwtSecret, 'visitors') },
    conductor,
    openWebUi,
    models: { ...models, sealingKey: deriveKey(encryptionKey, 'integrations') },
  });
}

function read<Schema extends z.ZodType>(schema: Schema, env: Environment, problems: string[]) {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  for (const issue of result.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`);
  return undefined;
}

function store({ s3, objectDirectory }: z.output<typeof storageSettings>, jwtSecret: string): StorageConfig {
  if (s3) return { kind: 's3', ...s3 };
  return { kind: 'disk', directory: objectDirectory, urlSigningKey: deriveKey(jwtSecret, 'file addresses') };
}
