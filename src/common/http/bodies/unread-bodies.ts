import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const mostBytes = 16 * 1024 * 1024;
const longestMs = 5_000;

/**
 * Reads on, and throws away, what a client still sends after it has been answered, so that it gets to read the
 * answer; up to a limit, after which the connection is closed.
 */
export function discardUnreadBodies(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete) discard(request.raw);
    done();
  });
}

function discard(body: IncomingMessage): void {
  let bytes = 0;
  const giveUp = () => body.socket.destroy();
  const timer = setTimeout(giveUp, longestMs);
  timer.unref();
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) giveUp();
  });
  body.once('close', () => clearTimeout(timer));
  body.once('end', () => clearTimeout(timer));
  body.resume();
}
