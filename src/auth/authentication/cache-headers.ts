import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from '../../common/http/vary.js';
import { isOnSharedPath, protocolOf } from '../../common/protocol.js';
import { credentialSchemes } from './credential-schemes.js';

/** Says on which headers of the request an answer depends, whatever it will be: caches keep such answers apart. */
export function varyByCredentials(request: FastifyRequest, reply: FastifyReply): void {
  // `url` may have been rewritten; what the client sent tells the protocol.
  const asked = { url: request.originalUrl, headers: request.headers };
  const schemes = isOnSharedPath(asked) ? Object.values(credentialSchemes) : [credentialSchemes[protocolOf(asked)]];
  addVary(
    reply,
    schemes.flatMap(({ headers }) => headers),
  );
}

/** Keeps what is made for one caller out of caches that many use; a service that knows better says so in its answer. */
export function keepFromSharedCaches(reply: FastifyReply): void {
  reply.header('cache-control', 'private');
}
