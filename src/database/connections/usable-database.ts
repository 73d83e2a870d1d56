import pg from 'pg';

/** The minimum version of PostgreSQL that supports all statements of this product. */
const minMajorVersion = 15;

/** The database of DATABASE_URL cannot be used; the message says why in one line. */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase';
}

interface Server {
  readonly number: number;
  readonly version: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly folds: boolean;
}

/**
 * Checks the requirements of all statements before the first migration.
 * @throws UnusableDatabase for a server that is too old, read-only, or cannot store and fold all of Unicode
 */
export async function requireUsableServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Server>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding, pg_is_in_recovery() as is_standby,
            exists (select from pg_collation where collname in ('pg_c_utf8', 'und-x-icu')) as folds`,
  );
  const [server] = rows;
  const problem = server && problemOf(server);
  if (problem !== undefined) throw new UnusableDatabase(problem);
}

function problemOf({ number, version, encoding, is_standby, folds }: Server): string | undefined {
  if (number < minMajorVersion * 10_000) {
    return `PostgreSQL ${minMajorVersion} or newer is needed; the server of DATABASE_URL is ${version}.`;
  }
  if (is_standby)
    return 'the server of DATABASE_URL is a standby, which takes no writes: DATABASE_URL must lead to the primary.';
  if (encoding !== 'UTF8') return `the database of DATABASE_URL has the encoding ${encoding}: it must be UTF8.`;
  if (!folds)
    return `the server of DATABASE_URL is PostgreSQL ${version} without ICU: it must be built with ICU, or be 17 or newer.`;
  return undefined;
}
