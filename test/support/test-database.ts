import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

const endConnections = `select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = $1 and usename = current_user`;

/** A copy of the migrated template for one spec file; with `template0`, an empty database. */
export async function createTestDatabase(template = 'promptyard_template'): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer((client) => client.query(`create database ${name} template ${template}`));
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  const drop = async () => {
    await pool.end();
    await administer(async (client) => {
      // Not `with (force)`: that fails where autovacuum is at work in the database and the role is no superuser. Without
      // it PostgreSQL ends autovacuum by itself, and waits some seconds for connections that are about to end.
      await client.query(endConnections, [name]);
      await client.query(`drop database if exists ${name}`);
    });
  };
  return { url, pool, drop };
}

function serverUrl(): string {
  const url = process.env.PROMPTYARD_TEST_DATABASE_URL;
  if (!url) throw new Error('the global setup has not run');
  return url;
}

async function administer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    // Copies of one template take turns.
    await client.query('select pg_advisory_lock(1)');
    await work(client);
  } finally {
    await client.end();
  }
}
