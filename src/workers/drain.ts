import type { Server } from 'node:http';
import { Server as Listener } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;
/** So long a client may wait between two requests and still be told that its connection ends here. */
const longestPauseMs = 5_000;

interface DrainOptions {
  /** Aborted when there is no time left. */
  readonly signal: AbortSignal;
  readonly longestMs: number;
}

/**
 * Lets all clients go without losing a request. A connection that is closed between two requests may be closed just
 * when the second is sent; so each is told with an answer that it is the last here.
 */
export async function drain(server: Server, { signal, longestMs }: DrainOptions): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  // Not the HTTP server's own method, which closes what only waits between two requests at once.
  Listener.prototype.close.call(server);
  const started = Date.now();
  while (!signal.aborted && (await connectionsTo(server)) > 0) {
    const elapsed = Date.now() - started;
    if (elapsed > longestMs) return;
    if (elapsed > longestPauseMs) server.closeIdleConnections();
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
