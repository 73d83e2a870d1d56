import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const unquote = (tag: string) => tag.trim().replace(/^W\//, '');

/** The ETag of an answer that has no other. */
export function tagOf(payload: string): string {
  return `"${createHash('sha1').update(payload).digest('base64url')}"`;
}

/** Whether an If-None-Match header (a list, `*`, weak tags) names this ETag. */
export function matchesETag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => unquote(candidate) === unquote(etag));
}

/** Whether the caller of a read says that it has the state of this ETag. */
export function isHeldAlready({ method, headers }: FastifyRequest, etag: string | undefined): boolean {
  const wanted = headers['if-none-match'];
  return wanted !== undefined && etag !== undefined && isRead(method) && matchesETag(wanted, etag);
}

/** Gives every answer of a GET an ETag over its bytes, unless it has one of its own, and answers 304 to those who have it already. */
export function answerConditionalGets(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    const isHeld = reply.statusCode === 304;
    const isAnswered = isHeld || reply.statusCode === 200;
    if (!isRead(request.method) || !isAnswered || typeof payload !== 'string') return done(null, payload);
    const etag = reply.getHeader('etag')?.toString() ?? tagOf(payload);
    reply.header('etag', etag);
    if (!isHeld && !isHeldAlready(request, etag)) return done(null, payload);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, '');
  });
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
