import type { IncomingMessage, Server } from 'node:http';

/** Less than a poor mobile connection achieves. */
const minBytesPerSecond = 8 * 1024;
const maxWindowMs = 20_000;

interface Arrival {
  /** On the clock of `performance.now`. */
  readonly since: number;
  /** When the present window began, and what the connection had read by then. */
  window: { readonly since: number; readonly bytes: number };
}

/**
 * Aborts requests whose bodies have not arrived after the timeout and come with less than 8 KiB a second, so that a
 * large upload from a slow client still arrives. Replaces Node's own timeout, which does not count bytes, and emits
 * `clientError` in the same way.
 */
export function limitSlowBodies(server: Server, timeoutMs: number, checkEveryMs: number): void {
  const windowMs = Math.min(maxWindowMs, timeoutMs);
  const arriving = new Map<IncomingMessage, Arrival>();
  server.prependListener('request', (request) => {
    if (!hasBody(request)) return;
    const since = performance.now();
    arriving.set(request, { since, window: { since, bytes: request.socket.bytesRead } });
    request.once('close', () => arriving.delete(request));
  });
  const check = setInterval(() => {
    for (const [request, arrival] of arriving) {
      if (request.complete) arriving.delete(request);
      else if (isSlow(request, arrival, windowMs) && performance.now() - arrival.since >= timeoutMs) {
        arriving.delete(request);
        const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
        server.emit('clientError', error, request.socket);
      }
    }
  }, checkEveryMs).unref();
  server.once('close', () => clearInterval(check));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether less came in the window that ends now than a slow client sends; false while it has not ended. */
function isSlow({ socket }: IncomingMessage, arrival: Arrival, windowMs: number): boolean {
  const now = performance.now();
  const { since, bytes } = arrival.window;
  if (now - since < windowMs) return false;
  arrival.window = { since: now, bytes: socket.bytesRead };
  return socket.bytesRead - bytes < (minBytesPerSecond * (now - since)) / 1000;
}
