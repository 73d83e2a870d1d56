import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { DiscoveryService } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AdminsOnly, InvalidToken, MissingScope, KeyBoundElsewhere, PendingAccount } from '../auth/auth.errors.js';
import { credentialSchemes } from '../auth/authentication/credential-schemes.js';
import {
  BadRequest,
  DatabaseUnavailable,
  PayloadTooLarge,
  RateLimited,
  UnsupportedMediaType,
  ValidationFailed,
} from '../common/errors/catalogue.js';
import type { ErrorDefinition } from '../common/errors/define-error.js';
import { accessRuleKey, type AccessRule } from '../common/http/access.decorator.js';
import { protocolOfHandler } from '../common/protocol-routes.js';
import { documentedErrorsKey, streamedKey, textAnswerKey } from '../common/http/documented.decorator.js';
import { OpenWebUiUnavailable } from '../protocols/open-webui/sessions/sessions.errors.js';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Handler = object;

/** Every route handler by its operationId, which is the name of its method. */
export function handlersByOperation(discovery: DiscoveryService): Map<string, Handler> {
  const handlers = new Map<string, Handler>();
  for (const { metatype } of discovery.getControllers()) {
    const prototype = (metatype?.prototype ?? {}) as Record<string, unknown>;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const handler = prototype[name];
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
      if (handlers.has(name)) throw new Error(`two operations are called ${name}`);
      handlers.set(name, handler);
    }
  }
  return handlers;
}

/** The errors of an operation: its own, and those that follow from its access rule, body and parameters. */
export function errorsOf(handler: Handler, operation: Operation): ErrorDefinition[] {
  const own = (Reflect.getMetadata(documentedErrorsKey, handler) ?? []) as ErrorDefinition[];
  const parameters = (operation.parameters ?? []).map((parameter) => ('in' in parameter ? parameter.in : ''));
  const rule = accessOf(handler);
  const implied = [
    ...accessErrors(handler, rule),
    ...bodyErrors(handler, operation),
    ...(parameters.includes('query') ? [ValidationFailed] : []),
    ...(parameters.includes('path') ? [BadRequest] : []),
    ...(isUncounted(handler) ? [] : [RateLimited]),
    // Authentication needs the database. Routes whose contract has a 500 for a failing database answer with that
    // instead.
    ...(rule.caller === 'ignored' || own.some(({ status }) => status === 500) ? [] : [DatabaseUnavailable]),
  ];
  return [...new Set([...own, ...implied])];
}

/** The errors of a JSON body, if the operation takes one. */
function bodyErrors(handler: Handler, operation: Operation): ErrorDefinition[] {
  if (operation.requestBody === undefined || takesForm(operation)) return [];
  const protocol = protocolOfHandler(handler);
  const always = [PayloadTooLarge, ValidationFailed];
  // On Open WebUI a body that is not JSON is a validation error.
  if (protocol === 'open-webui') return always;
  // Only the registry checks the content type.
  return [...always, BadRequest, ...(protocol === 'registry' ? [UnsupportedMediaType] : [])];
}

/** Whether the operation streams its answer, so that the whole is not known in advance. */
export function isStreamed(handler: Handler): boolean {
  return Reflect.hasMetadata(streamedKey, handler);
}

/** The media type of the text that the operation also answers with. */
export function textAnswerOf(handler: Handler): string | undefined {
  return Reflect.getMetadata(textAnswerKey, handler) as string | undefined;
}

/** The rule that the operation was declared with. */
export function accessOf(handler: Handler): AccessRule {
  return Reflect.getMetadata(accessRuleKey, handler) as AccessRule;
}

function accessErrors(handler: Handler, { caller, scopes, isPendingAllowed: evenPending }: AccessRule): ErrorDefinition[] {
  if (caller === 'ignored') return [];
  const protocol = protocolOfHandler(handler);
  const { missing, expired, unknown } = credentialSchemes[protocol];
  return [
    // Also for operations that anonymous callers may use, because an Authorization header without a token is refused.
    missing,
    InvalidToken,
    expired,
    unknown,
    ...(protocol === 'open-webui' && !evenPending ? [PendingAccount] : []),
    // A trusted other server is asked about tokens that this server has not issued.
    ...(protocol === 'open-webui' ? [OpenWebUiUnavailable] : []),
    ...(caller === 'admin' ? [AdminsOnly] : []),
    ...(caller === 'admin' && protocol === 'registry' ? [KeyBoundElsewhere] : []),
    ...(scopes.length > 0 ? [MissingScope] : []),
  ];
}

/** Whether the limit of rates leaves the route out. */
function isUncounted(handler: Handler): boolean {
  const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as { rateLimit?: unknown } | undefined;
  return config?.rateLimit === false;
}

function takesForm({ requestBody }: Operation): boolean {
  return requestBody !== undefined && 'content' in requestBody && 'multipart/form-data' in requestBody.content;
}
