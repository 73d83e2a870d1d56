import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { credentialSchemes } from '../../../auth/authentication/credential-schemes.js';
import { isFromElsewhere } from '../../../auth/authentication/token-cookie.js';
import { clientAddress } from '../../../common/http/client-address.js';

/** What opens or ends a session, as far as it matters for one. */
export interface Client {
  readonly address: string;
  /** Whether it came by https. */
  readonly isSecure: boolean;
  /** Whether a page of another server asks, which has no say in what this one keeps in the browser. */
  readonly isElsewhere: boolean;
}

/** Who opens or ends a session. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    address: clientAddress(request),
    isSecure: request.protocol === 'https',
    isElsewhere: isFromElsewhere(request),
  };
});

/** The token that a signed-in caller presents. */
export const PresentedToken = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return credentialSchemes['open-webui'].tokenIn(context.switchToHttp().getRequest<FastifyRequest>()) ?? '';
});
