import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'minio';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { adminPassword, testEnvironment } from '../../support/test-server.js';
import { json, RegistryClient, send } from './registry-client.js';
import { ServerProcess } from './server-process.js';

export type Environment = Record<string, string | undefined>;

interface ServerEnvironmentOptions {
  readonly store?: 'bucket if there is one' | 'disk';
  /** Used instead of a new database. */
  readonly database?: TestDatabase;
  /** Changes the URL, for example to that of a proxy. */
  readonly databaseUrl?: (url: string) => string;
}

/** A database, an object store and a data folder for server processes that start and end. */
export class ServerEnvironment {
  private readonly processes: ServerProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly dataDirectory: string,
    readonly environment: Environment,
    private key?: string,
  ) {}

  static async open({
    store,
    database: given,
    databaseUrl = (url) => url,
  }: ServerEnvironmentOptions = {}): Promise<ServerEnvironment> {
    const database = given ?? (await createTestDatabase());
    const dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-stage-'));
    const settings = Object.entries(testEnvironment(databaseUrl(database.url), dataDirectory));
    const wanted = store === 'disk' ? settings.filter(([name]) => !name.startsWith('S3_')) : settings;
    return new ServerEnvironment(database, dataDirectory, { ...Object.fromEntries(wanted), LOG_LEVEL: 'warn' });
  }

  /** The same store, secrets and users with another database, such as a copy of this one's. */
  on(database: TestDatabase): ServerEnvironment {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-stage-'));
    cpSync(this.dataDirectory, dataDirectory, { recursive: true });
    const environment = { ...this.environment, DATABASE_URL: database.url, DATA_DIR: dataDirectory };
    return new ServerEnvironment(database, dataDirectory, environment, this.key);
  }

  /** Starts a server process; it has not answered yet. */
  spawn(overrides: Environment = {}): ServerProcess {
    const server = new ServerProcess({ ...this.environment, ...overrides });
    this.processes.push(server);
    return server;
  }

  /** Starts a server process and waits until it answers. */
  async start(overrides: Environment = {}): Promise<{ server: ServerProcess; client: RegistryClient }> {
    const server = this.spawn(overrides);
    const url = await server.ready();
    return { server, client: new RegistryClient(url, await this.adminKey(url)) };
  }

  /** Everything that its processes have written to stdout and stderr. */
  get output(): string {
    return this.processes.map(({ output }) => output).join('');
  }

  /** Keys of all objects in the store. */
  async objectKeys(): Promise<string[]> {
    const { S3_BUCKET, S3_ENDPOINT } = this.environment;
    if (!S3_ENDPOINT || !S3_BUCKET) {
      const objects = this.files('objects').filter((path) => path.endsWith('.object'));
      return objects.map((path) => path.slice(0, -'.object'.length));
    }
    const { hostname, port } = new URL(S3_ENDPOINT);
    const { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = this.environment;
    const client = new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey });
    const found: { name?: string }[] = await client.listObjectsV2(S3_BUCKET, '', true).toArray();
    return found.flatMap(({ name }) => (name === undefined ? [] : [name]));
  }

  /** Files in a folder of the data directory, hidden ones included, as paths below it. */
  files(folder: string): string[] {
    const root = join(this.dataDirectory, folder);
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  }

  async reservations(): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: number }>(
      'select count(*)::int as n from version_reservation',
    );
    return rows[0]?.n ?? 0;
  }

  /** Objects that belong to no version, without those of the self-test and of the bucket's fence. */
  async orphanedObjects(): Promise<string[]> {
    const keys = await this.objectKeys();
    const { rows } = await this.database.pool.query<{ object_key: string }>('select object_key from version');
    const known = new Set(rows.map((row) => row.object_key));
    return keys.filter((key) => !/^(probe|fence)\//.test(key) && !known.has(key));
  }

  /** @param before runs when all processes have ended and the data folder is still there */
  async close({ before }: { before?(folder: string): void } = {}): Promise<void> {
    for (const server of this.processes) await server.end();
    before?.(this.dataDirectory);
    await this.database.drop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  private async adminKey(url: string): Promise<string> {
    this.key ??= await makeAdminKey(url);
    return this.key;
  }
}

/** An API key that stays valid after the process that created it has ended. */
export async function makeAdminKey(url: string, password = adminPassword): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const credentials = Buffer.from(JSON.stringify({ username: 'admin', password }));
  const { token } = json(await send(`${url}/v1/auth/login`, { method: 'POST', headers, body: credentials }));
  const authorization = `Bearer ${token}`;
  const body = Buffer.from(JSON.stringify({ name: 'resilience' }));
  const reply = await send(`${url}/v1/api-keys`, { method: 'POST', headers: { ...headers, authorization }, body });
  return json(reply).key ?? '';
}

/** Repeats the request until the answer is as expected, and returns the last answer. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isExpected: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isExpected(answer) || Date.now() > deadline) return answer;
    await delay(50);
  }
}
