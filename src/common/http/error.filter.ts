import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  BadRequest,
  InternalError,
  PayloadTooLarge,
  RateLimited,
  RouteNotFound,
  UnsupportedMediaType,
} from '../errors/catalogue.js';
import { DomainError } from '../errors/define-error.js';
import { dialectOf } from './error-dialect.js';

interface FrameworkError {
  code?: unknown;
  statusCode?: unknown;
}

const tooLargeCodes = new Set(['FST_ERR_CTP_BODY_TOO_LARGE']);
const mediaTypeCodes = new Set(['FST_ERR_CTP_INVALID_MEDIA_TYPE']);

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
  const { status, retryAfterSeconds } = error.definition;
  if (status >= 500) request.log.error({ err: error.context.cause ?? error }, error.message);
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  reply.headers(error.context.headers ?? {});
  reply.removeHeader('content-length').removeHeader('etag').header('cache-control', 'no-store');
  reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(dialectOf(request)(error)));
}

function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const { code, statusCode } = (thrown ?? {}) as FrameworkError;
  if (typeof code === 'string' && tooLargeCodes.has(code)) return PayloadTooLarge();
  if (typeof code === 'string' && mediaTypeCodes.has(code)) {
    return UnsupportedMediaType(undefined, { headers: { 'accept-post': 'application/json' } });
  }
  if (statusCode === 429) return RateLimited();
  if (thrown instanceof HttpException && thrown.getStatus() === 404) return RouteNotFound();
  const isClientsFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  if (isClientsFault || (thrown instanceof HttpException && thrown.getStatus() < 500)) return BadRequest();
  return InternalError(undefined, { cause: thrown });
}
