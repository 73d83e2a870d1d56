import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

/** A fresh copy of the migrated template, for one spec file; of `template0`, an empty database. */
export async function createTestDatabase(template = 'promptyard_template'): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  const drop = async () => {
    await pool.end();
    await administer(`drop database if exists ${name} with (force)`);
  };
  return { url, pool, drop };
}

function serverUrl(): string {
  const url = process.env.PROMPTYARD_TEST_DATABASE_URL;
  if (!url) throw new Error('the global setup has not run');
  return url;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    // Copies of one template take turns.
    await client.query('select pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
