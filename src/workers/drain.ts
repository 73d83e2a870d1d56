import type { Server } from 'node:http';
import { Server as Listener } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;
/** After this time, connections that wait between two requests are closed without an answer. */
const idleTimeoutMs = 5_000;

interface DrainOptions {
  /** Aborts when no time is left. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Closes all client connections without losing a request. A connection that is closed between two requests may be
 * closed while the second one is being sent, so that each connection is closed with an answer instead.
 */
export async function drain(server: Server, { signal, timeoutMs }: DrainOptions): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  // Not the HTTP server's own method, which closes idle connections at once.
  Listener.prototype.close.call(server);
  const started = Date.now();
  while (!signal.aborted && (await connectionsTo(server)) > 0) {
    const elapsed = Date.now() - started;
    if (elapsed > timeoutMs) return;
    if (elapsed > idleTimeoutMs) server.closeIdleConnections();
    await delay(pollMs);
  }
}

function connectionsTo(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}
