import type { onSendHookHandler } from 'fastify';
import { acceptedEncoding, type Encoding, minCompressedBytes } from './encodings.js';

/** By the bytes that are sent again and again, with which they are dropped. */
const compressedBodies = new WeakMap<Buffer, Partial<Record<Encoding, Buffer>>>();
const plainBodies = new WeakMap<object, Buffer>();

/** Sends a cached answer in the form into which it was compressed before; the next hook compresses all others. */
export const reuseCompressed: onSendHookHandler = (request, reply, payload, done) => {
  const encoding = payload instanceof Buffer && payload.length >= minCompressedBytes && acceptedEncoding(request);
  if (!encoding || reply.hasHeader('content-encoding') || reply.hasHeader('set-cookie')) return done(null, payload);
  const compressed = compressedBodies.get(payload)?.[encoding];
  if (!compressed) {
    plainBodies.set(request, payload);
    return done(null, payload);
  }
  reply.header('content-encoding', encoding).header('content-length', compressed.length);
  done(null, compressed);
};

/** Stores what was compressed now, if the same bytes may be sent again. */
export const storeCompressed: onSendHookHandler = (request, reply, payload, done) => {
  const plain = plainBodies.get(request);
  const encoding = reply.getHeader('content-encoding');
  if (plain && payload instanceof Buffer && payload !== plain && (encoding === 'br' || encoding === 'gzip')) {
    compressedBodies.set(plain, { ...compressedBodies.get(plain), [encoding]: payload });
  }
  done(null, payload);
};
