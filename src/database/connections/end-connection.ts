import type { Client } from 'pg';

const timeoutMs = 500;

/** Says goodbye to PostgreSQL and closes the connection; without goodbye if PostgreSQL does not take note of it soon. */
export async function endConnection(client: Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), timeoutMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
