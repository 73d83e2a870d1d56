import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MissingToken } from '../auth.errors.js';
import type { Caller, Principal } from './principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; undefined for anonymous callers. */
    caller?: Principal;
  }
}

/** The principal, or undefined for anonymous callers. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<FastifyRequest>().caller,
);

/** The principal of a route whose access rule asks for one. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw MissingToken();
  return caller;
});
