import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FairSemaphore } from '../../fair-semaphore.js';
import { addressGroup, clientAddress } from '../client-address.js';

const largeBytes = 64 * 1024;
/** With 8 MiB each, a quarter of a gigabyte. */
const maxConcurrent = 32;

/**
 * Bodies are read into memory before the caller is authenticated, so that the number of large ones at a time is
 * limited. The others wait unread. Addresses take turns, and one address alone gets half of the permits.
 */
export function limitLargeBodies(instance: FastifyInstance): void {
  const arrivals = new FairSemaphore({ permits: maxConcurrent, maxWaiting: Infinity, isProportional: true });
  instance.addHook('preParsing', (request, reply, payload, done) => {
    if (!canBeLarge(request)) return done(null, payload);
    const address = addressGroup(clientAddress(request));
    const disconnected = new AbortController();
    const onClose = () => disconnected.abort(new Error('the connection was closed'));
    reply.raw.once('close', onClose);
    arrivals.acquire(address, disconnected.signal).then(
      () => {
        reply.raw.off('close', onClose);
        const release = once(() => arrivals.release(address));
        if (request.raw.closed || reply.raw.closed) return release();
        request.raw.once('close', release);
        // A body that is refused unread, for example as too large, does not always close with its connection.
        reply.raw.once('close', release);
        done(null, payload);
      },
      // The connection is closed, so that there is no answer.
      () => undefined,
    );
  });
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** Routes that read the stream themselves have limits of their own. */
function canBeLarge({ headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.config.streamsBody) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > largeBytes;
}
