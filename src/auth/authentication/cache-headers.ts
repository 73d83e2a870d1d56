import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from '../../common/http/vary.js';
import { isOnSharedPath, protocolOf } from '../../common/protocol.js';
import { credentialSchemes } from './credential-schemes.js';

/** Adds the headers with credentials to `Vary`, so that caches store answers for different callers separately. */
export function varyByCredentials(request: FastifyRequest, reply: FastifyReply): void {
  // `url` may have been rewritten, so that the original URL decides the protocol.
  const asked = { url: request.originalUrl, headers: request.headers };
  const schemes = isOnSharedPath(asked) ? Object.values(credentialSchemes) : [credentialSchemes[protocolOf(asked)]];
  addVary(
    reply,
    schemes.flatMap(({ headers }) => headers),
  );
}

/** Forbids shared caches to store an answer for one caller. A service can set another header in its answer. */
export function keepFromSharedCaches(reply: FastifyReply): void {
  reply.header('cache-control', 'private');
}
