import type { Client } from 'pg';

const timeoutMs = 500;

/** Closes the connection with PostgreSQL's protocol, or destroys it if PostgreSQL does not answer soon. */
export async function endConnection(client: Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), timeoutMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
