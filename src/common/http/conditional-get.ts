import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const unquote = (tag: string) => tag.trim().replace(/^W\//, '');

/** The ETag of an answer that has no other. */
export function etagOf(payload: string | Buffer): string {
  return `"${createHash('sha1').update(payload).digest('base64url')}"`;
}

/** Whether an If-None-Match header (a list, `*`, weak tags) names this ETag. */
export function matchesETag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => unquote(candidate) === unquote(etag));
}

/** Whether the caller of a read has this ETag already. */
export function isUnmodified({ method, headers }: FastifyRequest, etag: string | undefined): boolean {
  const ifNoneMatch = headers['if-none-match'];
  return ifNoneMatch !== undefined && etag !== undefined && isRead(method) && matchesETag(ifNoneMatch, etag);
}

/** Adds an ETag over its bytes to every answer of a GET that has none, and answers 304 if the caller has it already. */
export function answerConditionalGets(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    const isNotModified = reply.statusCode === 304;
    const isSuccess = isNotModified || reply.statusCode === 200;
    if (!isRead(request.method) || !isSuccess || typeof payload !== 'string') return done(null, payload);
    const etag = reply.getHeader('etag')?.toString() ?? etagOf(payload);
    reply.header('etag', etag);
    if (!isNotModified && !isUnmodified(request, etag)) return done(null, payload);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, '');
  });
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
