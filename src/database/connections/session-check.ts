import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { UnusableDatabase } from './usable-database.js';

/** How long an answer may take, a connection included. */
const answerTimeoutMs = 10_000;
/** How long a notification may take without a query; PostgreSQL needs a millisecond. */
const deliveryTimeoutMs = 3_000;

const noSessionsMessage =
  'a pooler in transaction or statement mode stands before the database of DATABASE_URL: it must be in session mode (PgBouncer: pool_mode = session).';
const tooFewMessage =
  'the database of DATABASE_URL, or a pooler before it, gives too few connections: a server needs DATABASE_POOL_SIZE, two more for each worker, and three for its start.';

/**
 * Checks that a connection keeps its session while it is open, because locks, LISTEN and settings belong to the
 * session. A pooler in transaction mode gives every transaction any free session, and drops notifications.
 * @throws UnusableDatabase where that is so
 */
export async function requireSessions(url: string): Promise<void> {
  const listener = new pg.Client(optionsFor(url));
  const sender = new pg.Client(optionsFor(url));
  try {
    for (const client of [listener, sender]) client.on('error', () => undefined);
    for (const client of [listener, sender]) await client.connect();
    if (!(await haveSessions(listener, sender))) throw new UnusableDatabase(noSessionsMessage);
  } catch (error) {
    if (error instanceof Error && error.message.includes('timeout')) {
      throw new UnusableDatabase(tooFewMessage, { cause: error });
    }
    throw error;
  } finally {
    await Promise.allSettled([listener.end(), sender.end()]);
  }
}

async function haveSessions(listener: pg.Client, sender: pg.Client): Promise<boolean> {
  const channel = `promptyard_check_${randomBytes(8).toString('hex')}`;
  const { promise, resolve } = Promise.withResolvers<true>();
  listener.once('notification', () => resolve(true));
  await listener.query(`listen ${channel}`);
  const first = await backendOf(listener);
  // Now that the first connection is idle, a transaction pooler may give its session to the second one.
  const second = await backendOf(sender);
  await sender.query('select pg_notify($1, $2)', [channel, '']);
  if (first === second) return false;
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<false>(
    (resolveLate) => (timer = setTimeout(() => resolveLate(false), deliveryTimeoutMs)),
  );
  const isDelivered = await Promise.race([promise, timedOut]);
  clearTimeout(timer);
  if (isDelivered) return true;
  // On a busy machine: before PostgreSQL answers a session, it hands over what waits for it.
  await listener.query('select 1');
  return Promise.race([promise, Promise.resolve(false)]);
}

async function backendOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

function optionsFor(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'promptyard check',
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
  };
}
