import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const maxBytes = 16 * 1024 * 1024;
const timeoutMs = 5_000;

/**
 * Reads and discards what a client sends after the answer, so that the client can read the answer. Beyond a limit the
 * connection is closed.
 */
export function discardUnreadBodies(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete) discard(request.raw);
    done();
  });
}

function discard(body: IncomingMessage): void {
  let bytes = 0;
  const abort = () => body.socket.destroy();
  const timer = setTimeout(abort, timeoutMs);
  timer.unref();
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) abort();
  });
  body.once('close', () => clearTimeout(timer));
  body.once('end', () => clearTimeout(timer));
  body.resume();
}
