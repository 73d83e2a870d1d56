import { type ArgumentsHost, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseUnavailable } from './catalogue.js';
import { DomainError, type ErrorFactory, isError } from './define-error.js';
import { sendError } from './error.filter.js';

@Catch(DomainError)
class DatabaseFailureFilter implements ExceptionFilter<DomainError> {
  constructor(private readonly answer: ErrorFactory) {}

  catch(thrown: DomainError, host: ArgumentsHost): void {
    const { cause } = thrown.context;
    const error = isError(thrown, DatabaseUnavailable) ? this.answer(undefined, { cause }) : thrown;
    const http = host.switchToHttp();
    sendError(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Declares the error that an operation answers if the database fails, also while the caller is authenticated. */
export const WhenDatabaseFails = (error: ErrorFactory) => UseFilters(new DatabaseFailureFilter(error));
