import type { ClientBase } from 'pg';

/** Settings of PostgreSQL by name; numbers are milliseconds. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/**
 * Sets them for the session of a connection that has just been opened. A pooler such as PgBouncer refuses most settings
 * while a connection is opened, and passes every statement on.
 */
export async function applySettings(client: ClientBase, settings: SessionSettings): Promise<void> {
  const entries = Object.entries(settings);
  const calls = entries.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`);
  await client.query(
    `select ${calls.join(', ')}`,
    entries.flatMap(([name, value]) => [name, String(value)]),
  );
}
