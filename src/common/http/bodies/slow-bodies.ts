import type { IncomingMessage, Server } from 'node:http';

/** What even a poor connection of a telephone exceeds. */
const slowBytesPerSecond = 8 * 1024;

interface Arrival {
  /** On the clock of `performance.now`. */
  readonly since: number;
  /** What the connection had read before. */
  readonly bytesBefore: number;
}

/**
 * Gives up requests whose bodies take longer than the timeout, beyond what their bytes take at 8 KiB a second: a large
 * upload from a slow client arrives, one that hardly sends does not. Takes the place of Node's own timeout, which
 * knows no bytes; `clientError` is emitted as by that.
 */
export function limitSlowBodies(server: Server, timeoutMs: number, checkEveryMs: number): void {
  const arriving = new Map<IncomingMessage, Arrival>();
  server.prependListener('request', (request) => {
    if (!hasBody(request)) return;
    arriving.set(request, { since: performance.now(), bytesBefore: request.socket.bytesRead });
    request.once('close', () => arriving.delete(request));
  });
  const check = setInterval(() => {
    for (const [request, arrival] of arriving) {
      if (request.complete) arriving.delete(request);
      else if (isLate(request, arrival, timeoutMs)) {
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

function isLate({ socket }: IncomingMessage, { since, bytesBefore }: Arrival, timeoutMs: number): boolean {
  const bytes = socket.bytesRead - bytesBefore;
  return performance.now() - since > timeoutMs + (bytes / slowBytesPerSecond) * 1000;
}
