import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessRuleKey, type AccessRule } from '../../common/http/access.decorator.js';
import { protocolOf } from '../../common/protocol.js';
import { AdminsOnly, InvalidToken, KeyBoundElsewhere, MissingScope, PendingAccount } from '../auth.errors.js';
import { Authenticator } from './authenticator.js';
import { keepFromSharedCaches, varyByCredentials } from './cache-headers.js';
import { credentialSchemes } from './credential-schemes.js';
import { type Caller, isBound, isPerson } from '../access/principal.js';

/** Enforces the access rule of a route before the route runs. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule>(accessRuleKey, context.getHandler());
    const http = context.switchToHttp();
    await this.admit(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), rule);
    return true;
  }

  /** Identifies the caller. @throws DomainError that says why the caller is refused */
  async admit(request: FastifyRequest, reply: FastifyReply, rule: AccessRule): Promise<void> {
    if (rule.caller === 'ignored') return;
    varyByCredentials(request, reply);
    request.caller = await this.identify(request, rule);
    if (request.caller) keepFromSharedCaches(reply);
    enforce(rule, request.caller);
  }

  /**
   * Invalid credentials are refused even where the route does not require any, because they show a mistake of the
   * client.
   */
  private async identify(request: FastifyRequest, rule: AccessRule): Promise<Caller> {
    const protocol = protocolOf(request);
    const scheme = credentialSchemes[protocol];
    const token = scheme.tokenIn(request);
    if (token === undefined && rule.caller === 'anyone') return undefined;
    if (!token) throw scheme.missing();
    const caller = await this.authenticator.principalOf(token, protocol);
    if (caller === 'expired') throw scheme.expired();
    if (caller === 'unknown') throw scheme.unknown();
    if (!caller) throw InvalidToken();
    return caller;
  }
}

function enforce(rule: AccessRule, caller: Caller): void {
  if (!caller) return;
  if (caller.isPending && !rule.isPendingAllowed) throw PendingAccount();
  if (rule.caller === 'admin' && !caller.isAdmin) throw AdminsOnly();
  // Administration on `/v1` affects all owners, so that credentials that are bound to one owner may not do it.
  if (rule.caller === 'admin' && caller.via === 'registry' && isBound(caller)) throw KeyBoundElsewhere();
  if (rule.isPersonAllowed && isPerson(caller)) return;
  const missing = rule.scopes.find((scope) => !caller.scopes.has(scope));
  if (missing !== undefined) throw MissingScope({ scope: missing });
}
