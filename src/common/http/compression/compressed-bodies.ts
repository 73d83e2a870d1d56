import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { acceptedEncoding, dynamicOptions, type Encoding, minCompressedBytes, textTypes } from './encodings.js';

const compressors: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, dynamicOptions.br),
  gzip: (body) => promisify(gzip)(body, dynamicOptions.gzip),
};

/** By the bytes that are sent again and again, with which they are dropped. */
const compressedBodies = new WeakMap<Buffer, Map<Encoding, Promise<Buffer>>>();

/** Compresses what is sent as bytes, which is what caches hold, once for all requests; the next hook compresses the rest. */
export const compressCached: onSendHookHandler = (request, reply, payload, done) => {
  const encoding = payload instanceof Buffer && payload.length >= minCompressedBytes && acceptedEncoding(request);
  if (!encoding || !isOpenToCompression(request, reply)) return done(null, payload);
  compressedOnce(payload, encoding).then(
    (compressed) => {
      reply.header('content-encoding', encoding).header('content-length', compressed.length);
      done(null, compressed);
    },
    (error: unknown) => done(error as Error),
  );
};

/** As the plugin for the rest decides. */
function isOpenToCompression(request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.headers['x-no-compression'] !== undefined || reply.hasHeader('content-encoding')) return false;
  return textTypes.test(String(reply.getHeader('content-type')));
}

function compressedOnce(body: Buffer, encoding: Encoding): Promise<Buffer> {
  const forms = compressedBodies.get(body) ?? new Map<Encoding, Promise<Buffer>>();
  compressedBodies.set(body, forms);
  const form = forms.get(encoding) ?? compressors[encoding](body);
  forms.set(encoding, form);
  return form;
}
