import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { Readable } from 'node:stream';
import { compressCached } from './compressed-bodies.js';
import { dynamicOptions, encodings, minCompressedBytes, textTypes, varyByEncoding, weakETag } from './encodings.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether answers of the route are compressed. Without it they are not, because they could hold a secret. */
    isCompressible?: boolean;
  }
}

/** What is short is compressed at once, which takes less than starting a stream; the rest in another thread. */
const maxSynchronousBytes = 64 * 1024;

/** Names the codings in `Vary`. Before ETags are compared, so that answers with 304 name them as well. */
export function varyByEncodings(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (isCompressible(request) && dependsOnEncoding(reply, payload)) varyByEncoding(reply);
    done(null, payload);
  });
}

/**
 * Compresses what the routes that are registered from now on answer, if the route is declared compressible. An answer
 * that sets a cookie never is: next to text that an attacker chooses, its length would tell the secret (BREACH).
 */
export async function compressAnswers(
  instance: FastifyInstance,
  { isCompressing }: { readonly isCompressing: boolean },
): Promise<void> {
  if (!isCompressing) {
    instance.addHook('onRoute', (route) => {
      route.config = { ...route.config, isCompressible: false };
    });
    return;
  }
  const { default: compress } = await import('@fastify/compress');
  // For HEAD, Fastify drops the body in a hook of the route, which has to follow the compression.
  let others: onSendHookHandler[] = [];
  instance.addHook('onRoute', (route) => {
    if (!route.config?.isCompressible) {
      route.compress = false;
      return;
    }
    others = [route.onSend ?? []].flat();
    route.onSend = [excludeCookies, compressCached];
  });
  await instance.register(compress, {
    encodings: [...encodings, 'identity'],
    threshold: minCompressedBytes,
    syncThreshold: maxSynchronousBytes,
    customTypes: textTypes,
    brotliOptions: dynamicOptions.br,
    zlibOptions: dynamicOptions.gzip,
    globalDecompression: false,
  });
  instance.addHook('onRoute', (route) => {
    if (route.config?.isCompressible) route.onSend = [route.onSend ?? []].flat().concat(weakenETag, others);
  });
}

function isCompressible({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.isCompressible === true;
}

/** Whether the answer, or the one that a 304 stands for, can be compressed. */
function dependsOnEncoding(reply: FastifyReply, payload: unknown): boolean {
  if (reply.statusCode === 304 || payload instanceof Readable) return true;
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= minCompressedBytes;
}

const excludeCookies: onSendHookHandler = (request, reply, payload, done) => {
  // The plugin leaves answers to requests with this header as they are.
  if (reply.hasHeader('set-cookie')) request.headers['x-no-compression'] = 'true';
  done(null, payload);
};

const weakenETag: onSendHookHandler = (_request, reply, payload, done) => {
  const etag = reply.getHeader('etag');
  if (reply.hasHeader('content-encoding') && etag !== undefined) reply.header('etag', weakETag(String(etag)));
  done(null, payload);
};
