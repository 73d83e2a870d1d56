import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { protocolOf } from '../protocol.js';

const unquote = (tag: string) => tag.trim().replace(/^W\//, '');

/** Whether an If-None-Match header (a list, `*`, weak tags) names this ETag. */
export function matchesETag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => unquote(candidate) === unquote(etag));
}

/** What was made for one caller is not for shared caches; the guard sets the caller. */
type WithCaller = FastifyRequest & { caller?: object };

/** Gives every answer of a GET an ETag over its bytes, unless it has one of its own, and answers 304 to those who have it already. */
export function answerConditionalGets(instance: FastifyInstance): void {
  instance.addHook('onSend', (request: WithCaller, reply, payload, done) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string') return done(null, payload);
    const credentials = protocolOf(request) === 'conductor' ? 'X-Authorization' : 'Authorization';
    reply.header('vary', [reply.getHeader('vary'), credentials].flat().filter(Boolean).join(', '));
    if (request.caller && !reply.getHeader('cache-control')) reply.header('cache-control', 'private');
    const etag = reply.getHeader('etag')?.toString() ?? `"${createHash('sha1').update(payload).digest('base64url')}"`;
    reply.header('etag', etag);
    const wanted = request.headers['if-none-match'];
    if (!wanted || !matchesETag(wanted, etag)) return done(null, payload);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, '');
  });
}
