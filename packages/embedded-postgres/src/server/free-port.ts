import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';

/**
 * Below the range that systems take outgoing connections' ports from: nobody gets ours by chance while PostgreSQL
 * restarts and connection pools wait for it on the same port.
 */
const LOWEST = 20_000;
const HIGHEST = 30_000;
const ATTEMPTS = 50;

/** A port that nobody listens on at this moment; somebody may by the time it is used. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await canListen(port)) return port;
  }
  throw new EmbeddedPostgresError(`There is no free port for PostgreSQL between ${LOWEST} and ${HIGHEST}.`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
