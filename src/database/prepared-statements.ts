import type { Pool, PoolClient } from 'pg';

/** Names of statements by their text. Both are constants of this program, so that it does not grow. */
const names = new Map<string, string>();

/**
 * A hand-written statement with `$1`, `$2`, ... as its parameters, to be run by `em.execute`. It is prepared once per
 * connection, under this name, so that PostgreSQL does not parse it each time.
 */
export function prepared(name: string, text: string): string {
  names.set(text, name);
  return text;
}

/** The name that a statement is prepared as; undefined for one that is not. */
export function statementName(text: string): string | undefined {
  return names.get(text);
}

/** Lets every connection of the pool find by its text the name that a statement is prepared as. */
export function prepareByText(pool: Pool): void {
  pool.on('connect', (client) => Object.assign(client, { query: preparing(client) }));
}

function preparing(client: PoolClient) {
  const query = client.query.bind(client);
  return (statement: unknown, ...rest: unknown[]): unknown => {
    const name = typeof statement === 'string' ? statementName(statement) : undefined;
    return Reflect.apply(query, undefined, [name === undefined ? statement : { name, text: statement }, ...rest]);
  };
}
