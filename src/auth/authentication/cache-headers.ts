import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from '../../common/http/vary.js';
import { isOnSharedPath, protocolOf } from '../../common/protocol.js';
import { credentialSchemes } from './credential-schemes.js';

const headersOfAll = Object.values(credentialSchemes).flatMap(({ headers }) => headers);

/** Adds the headers with credentials to `Vary`, so that caches store answers for different callers separately. */
export function varyByCredentials(request: FastifyRequest, reply: FastifyReply): void {
  // `url` may have been rewritten, so that the original URL decides the protocol.
  const asked = { url: request.originalUrl, headers: request.headers };
  addVary(reply, isOnSharedPath(asked) ? headersOfAll : credentialSchemes[protocolOf(asked)].headers);
}

/** Forbids shared caches to store an answer for one caller. A service can set another header in its answer. */
export function keepFromSharedCaches(reply: FastifyReply): void {
  reply.header('cache-control', 'private');
}
