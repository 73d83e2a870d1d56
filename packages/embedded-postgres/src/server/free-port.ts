import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';

/**
 * Below the range of ephemeral ports, so that no outgoing connection takes the port while PostgreSQL restarts on it.
 */
const minPort = 20_000;
const maxPort = 30_000;
const maxAttempts = 50;

/** A port that is free at this moment. Another process may take it before it is used. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = randomInt(minPort, maxPort);
    if (await canListen(port)) return port;
  }
  throw new EmbeddedPostgresError(`There is no free port for PostgreSQL between ${minPort} and ${maxPort}.`);
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
