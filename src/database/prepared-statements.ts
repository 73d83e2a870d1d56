import type { Pool, PoolClient } from 'pg';

/** Names of statements by their text. Both are constants of this program, so that it does not grow. */
const names = new Map<string, string>();

/** Has a statement prepared once per connection also where kysely sends it, on which transactions run and which knows no names. */
export function prepareAs(name: string, text: string): void {
  names.set(text, name);
}

/** Lets every connection of the pool find by its text the name that a statement is prepared as. */
export function prepareByText(pool: Pool): void {
  pool.on('connect', (client) => Object.assign(client, { query: preparing(client) }));
}

function preparing(client: PoolClient) {
  const query = client.query.bind(client);
  return (statement: unknown, ...rest: unknown[]): unknown => {
    const name = typeof statement === 'string' ? names.get(statement) : undefined;
    return Reflect.apply(query, undefined, [name === undefined ? statement : { name, text: statement }, ...rest]);
  };
}
