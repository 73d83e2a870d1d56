import type { TestServer } from '../test-server.js';

/**
 * Fills tables with disabled triggers, which would take most of the time. The owner of a table may disable them, so no
 * superuser is needed.
 */
export async function seedWithoutTriggers(
  { database }: Pick<TestServer, 'database'>,
  tables: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const triggers = (state: string) => tables.map((table) => `alter table ${table} ${state} trigger user`);
  const client = await database.pool.connect();
  for (const statement of [...triggers('disable'), ...statements, ...triggers('enable')]) await client.query(statement);
  await client.query(`analyze ${tables.join(', ')}`);
  client.release();
}
