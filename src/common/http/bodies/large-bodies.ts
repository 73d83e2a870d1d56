import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FairSemaphore } from '../../fair-semaphore.js';
import { addressGroup, clientAddress } from '../client-address.js';

const largeBytes = 64 * 1024;
/** With 8 MiB each, a quarter of a gigabyte. */
const mostAtOnce = 32;

/**
 * Bodies are read into memory before anything is known of the caller, so only so many large ones arrive at once. The
 * others wait unread; addresses take turns, and one address alone gets half.
 */
export function limitLargeBodies(instance: FastifyInstance): void {
  const arrivals = new FairSemaphore({ permits: mostAtOnce, maxWaiting: Infinity, leavesRoom: true });
  instance.addHook('preParsing', (request, reply, payload, done) => {
    if (!mayBeLarge(request)) return done(null, payload);
    const address = addressGroup(clientAddress(request));
    const gone = new AbortController();
    const end = () => gone.abort(new Error('the connection was closed'));
    reply.raw.once('close', end);
    arrivals.acquire(address, gone.signal).then(
      () => {
        reply.raw.off('close', end);
        const release = once(() => arrivals.release(address));
        if (request.raw.closed || reply.raw.closed) return release();
        request.raw.once('close', release);
        // A body that is refused unread, as too large, does not always close when its connection does.
        reply.raw.once('close', release);
        done(null, payload);
      },
      // Nobody is there to be answered.
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
function mayBeLarge({ headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.config.streamsBody) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > largeBytes;
}
