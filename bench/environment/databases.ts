import { readFileSync } from 'node:fs';
import pg from 'pg';
import { startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { ifRunning, parentOf } from './process-figures.js';

/** The PostgreSQL of a run with its databases. */
export class Databases {
  private constructor(
    private readonly address: string,
    readonly stop: () => Promise<void>,
  ) {}

  /** The one that DATABASE_URL names, else the product's embedded one under `dataDir`. */
  static async open(dataDir: string, tell: (message: string) => void): Promise<Databases> {
    const { DATABASE_URL } = process.env;
    if (DATABASE_URL) return new Databases(DATABASE_URL, () => Promise.resolve());
    const embedded = await startEmbeddedPostgres({ dataDir, onNotice: tell });
    return new Databases(embedded.url, () => embedded.stop());
  }

  urlOf(name: string): string {
    return Object.assign(new URL(this.address), { pathname: `/${name}` }).href;
  }

  async version(): Promise<string> {
    const [row] = await this.ask<{ server_version: string }>('show server_version');
    return row?.server_version ?? '';
  }

  /** Undefined if it does not run on this machine. */
  async processId(): Promise<number | undefined> {
    return this.on('postgres', async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const backend = rows[0]?.pid ?? 0;
      const name = ifRunning(() => readFileSync(`/proc/${backend}/comm`, 'utf8')) ?? '';
      return name.startsWith('postgres') ? parentOf(backend) : undefined;
    });
  }

  /** Names that begin with `prefix`. */
  async list(prefix: string): Promise<string[]> {
    const rows = await this.ask<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      prefix,
    ]);
    return rows.map(({ datname }) => datname);
  }

  async create(name: string, template?: string): Promise<void> {
    await this.drop(name);
    // Copying files is much faster than writing every block to the log.
    const source = template === undefined ? '' : `template ${template} strategy file_copy`;
    await this.ask(`create database ${name} ${source}`);
  }

  async drop(name: string): Promise<void> {
    await this.ask(`drop database if exists ${name} with (force)`);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.ask(`alter database ${from} rename to ${to}`);
  }

  /** Works on one connection to a database. */
  async on<T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.urlOf(name) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  private ask<Row extends object>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.on('postgres', async (client) => (await client.query<Row>(statement, [...values])).rows);
  }
}
