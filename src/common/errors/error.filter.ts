import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hostname } from 'node:os';
import { protocolOf } from '../protocol.js';
import { boundedError } from './bounded-error.js';
import {
  BadRequest,
  InternalError,
  PayloadTooLarge,
  RateLimited,
  RouteNotFound,
  ShuttingDown,
  UnsupportedMediaType,
} from './catalogue.js';
import { DomainError, isError } from './define-error.js';
import { dialectOf } from './error-dialect.js';

const hostName = hostname();

const frameworkErrors = new Map<number, () => DomainError>([
  [404, () => RouteNotFound()],
  [413, () => PayloadTooLarge()],
  [415, () => UnsupportedMediaType(undefined, { headers: { 'accept-post': 'application/json' } })],
  [429, () => RateLimited()],
]);

/** Turns every error, ours, the framework's or a defect, into the body of the protocol that the request came in through. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Answers a request with an error; 5xx causes go to the log here and nowhere else. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toDomainError(thrown);
  const dialect = dialectOf(protocolOf(request));
  const status = dialect.statusOf(error);
  const { retryAfterSeconds } = error.definition;
  if (status >= 500 && isLogged(error)) request.log.error({ err: error.context.cause ?? error }, error.message);
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  // The rate limit has set a more precise value already.
  if (retryAfterSeconds !== undefined && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', String(retryAfterSeconds));
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.headers(error.context.headers ?? {});
  reply.removeHeader('content-length').removeHeader('etag').header('cache-control', 'no-store');
  reply
    .status(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(dialect.bodyOf(boundedError(error), hostName)));
}

/** The shutdown itself has been logged already. */
function isLogged(error: DomainError): boolean {
  return !isError(error, ShuttingDown);
}

function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const status = statusOf(thrown);
  const create = frameworkErrors.get(status);
  if (create) return create();
  return status >= 400 && status < 500 ? BadRequest() : InternalError(undefined, { cause: thrown });
}

/** The framework's own errors have a status; Nest.js wraps some of Fastify's in its own exceptions. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const hasStatus = typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown;
  return hasStatus && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
}
