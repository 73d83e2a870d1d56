import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ACCESS_RULE, type AccessRule } from '../../common/http/access.decorator.js';
import { AdminsOnly, InvalidToken, MissingScope, MissingToken } from '../auth.errors.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './principal.js';

const bearer = /^Bearer +(\S+) *$/i;

/** Asks every route's access rule before anything else of the route runs. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule>(ACCESS_RULE, context.getHandler());
    if (rule.caller === 'ignored') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.caller = await this.identify(request.headers.authorization, rule);
    enforce(rule, request.caller);
    return true;
  }

  /** Bad credentials are refused even where none are needed: they tell of a mistake that silence would hide. */
  private async identify(header: string | undefined, rule: AccessRule): Promise<Caller> {
    if (header === undefined && rule.caller === 'anyone') return undefined;
    const token = bearer.exec(header ?? '')?.[1];
    if (token === undefined) throw MissingToken();
    const caller = await this.authenticator.principalOf(token, 'registry');
    if (!caller) throw InvalidToken();
    return caller;
  }
}

function enforce(rule: AccessRule, caller: Caller): void {
  if (!caller) return;
  if (rule.caller === 'admin' && !caller.isAdmin) throw AdminsOnly();
  if (rule.scope && !caller.scopes.has(rule.scope)) throw MissingScope({ scope: rule.scope });
}
