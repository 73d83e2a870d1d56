import type { ClientBase } from 'pg';

/** Settings of PostgreSQL by name; numbers are milliseconds. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/**
 * Applies settings to the session of a new connection by a statement, because a pooler such as PgBouncer refuses most
 * settings in the connection request.
 */
export async function applySettings(client: ClientBase, settings: SessionSettings): Promise<void> {
  const entries = Object.entries(settings);
  const calls = entries.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`);
  await client.query(
    `select ${calls.join(', ')}`,
    entries.flatMap(([name, value]) => [name, String(value)]),
  );
}
