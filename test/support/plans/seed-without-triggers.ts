import type { TestServer } from '../test-server.js';

/**
 * Fills tables by statements without what triggers do for each row, which would take most of the time. Whoever owns a
 * table may do that: no superuser is needed.
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
