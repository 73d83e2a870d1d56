import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { credentialSchemes } from '../../../auth/authentication/credential-schemes.js';
import { isFromElsewhere } from '../../../auth/authentication/token-cookie.js';
import { clientAddress } from '../../../common/http/client-address.js';

/** The client that opens or ends a session. */
export interface Client {
  readonly address: string;
  /** Whether it came by https. */
  readonly isSecure: boolean;
  /** Whether the request comes from a page of another server, which must not change cookies of this one. */
  readonly isCrossOrigin: boolean;
}

/** The client that opens or ends a session. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    address: clientAddress(request),
    isSecure: request.protocol === 'https',
    isCrossOrigin: isFromElsewhere(request),
  };
});

/** The token that a signed-in caller presents. */
export const PresentedToken = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return credentialSchemes['open-webui'].tokenIn(context.switchToHttp().getRequest<FastifyRequest>()) ?? '';
});
