import type { FastifyReply, FastifyRequest } from 'fastify';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { Answer } from '../answer.js';
import { isUnmodified } from '../conditional-get.js';
import {
  acceptedEncoding,
  dynamicOptions,
  type Encoding,
  minCompressedBytes,
  varyByEncoding,
  weakETag,
} from './encodings.js';

const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** The compressed forms of answers that are sent again, for as long as the answers themselves are cached. */
const compressedForms = new WeakMap<Answer<unknown>, Map<Encoding, Promise<Answer<unknown>>>>();

/**
 * An answer that is sent again, in the coding that its request prefers. It is compressed for the first of them; what is
 * returned as it is may still be compressed for this request alone.
 */
export function compressedOnce(
  answer: Answer<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Answer<unknown> | Promise<Answer<unknown>> {
  if (!canBeCompressed(answer, request)) return answer;
  const encoding = acceptedEncoding(request);
  if (!encoding) return answer;
  varyByEncoding(reply);
  const forms = compressedForms.get(answer) ?? new Map<Encoding, Promise<Answer<unknown>>>();
  compressedForms.set(answer, forms);
  const form = forms.get(encoding) ?? compress(answer, encoding);
  forms.set(encoding, form);
  return form;
}

/** Leaves alone what the hooks that compress leave alone, and answers without a body. */
function canBeCompressed({ body, options }: Answer<unknown>, request: FastifyRequest): boolean {
  if (!(body instanceof Buffer) || body.byteLength < minCompressedBytes || request.method === 'HEAD') return false;
  if (!request.routeOptions.config.isCompressible || request.headers['x-no-compression'] !== undefined) return false;
  return !isUnmodified(request, options.headers?.['etag']?.toString());
}

async function compress(answer: Answer<unknown>, encoding: Encoding): Promise<Answer<unknown>> {
  const { body, options } = answer;
  if (!(body instanceof Buffer)) return answer;
  const bytes = await (encoding === 'br'
    ? compressors.br(body, dynamicOptions.br)
    : compressors.gzip(body, dynamicOptions.gzip));
  const etag = options.headers?.['etag'];
  return new Answer(bytes, {
    ...options,
    headers: {
      ...options.headers,
      ...(etag === undefined ? {} : { etag: weakETag(etag.toString()) }),
      'content-encoding': encoding,
    },
  });
}
