import type { Client } from 'pg';

const longestMs = 500;

/** Says goodbye to PostgreSQL and closes the connection; without goodbye if PostgreSQL does not take note of it soon. */
export async function endConnection(client: Client): Promise<void> {
  const giveUp = setTimeout(() => client.connection.stream.destroy(), longestMs);
  await client.end().catch(() => undefined);
  clearTimeout(giveUp);
}
