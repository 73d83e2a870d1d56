import { DomainError, type ErrorFactory, isError } from '../common/errors/define-error.js';
import { DatabaseUnavailable } from '../common/errors/catalogue.js';

interface DriverError {
  code?: unknown;
  constraint?: unknown;
  message?: unknown;
  cause?: unknown;
  previous?: unknown;
}

const constraintErrors = new Map<string, ErrorFactory>();

/** Declares which error of the catalogue a violated constraint stands for; races end here too. */
export function onConstraint(constraint: string, error: ErrorFactory): void {
  constraintErrors.set(constraint, error);
}

// SQLSTATE classes and codes after which the same statement can succeed later: the server is away, starting,
// stopping, full, or cut the statement off.
const unavailableStates = /^(08|53|55P03|58|57P0|57014|25006|25P03|XX)/;
const unavailableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|not queryable|pool after calling end/i;

// What ends a connection by itself: another one can be had at once. Not what this process gave up after a timeout.
const lossStates = /^(08|57P0[125]|25P03)/;
const lossCodes = new Set(['ECONNRESET', 'EPIPE']);
const lossMessages = /Connection terminated unexpectedly|Client has encountered a connection error/i;

/** Turns an error of the driver into one of the catalogue, where one is declared for it; gives back any other as it is. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  for (const cause of chain(error)) {
    const known = typeof cause.constraint === 'string' ? constraintErrors.get(cause.constraint) : undefined;
    if (known) return known(undefined, { cause: error });
    if (isUnavailable(cause)) return databaseUnavailable(error);
  }
  return error;
}

/** Whether the connection to PostgreSQL broke on which the statement was to run. */
export function isConnectionLost(error: unknown): boolean {
  // Another error of the catalogue may be caused by a connection to something else.
  if (error instanceof DomainError && !isError(error, DatabaseUnavailable)) return false;
  return [...chain(error)].some(({ code, message }) => {
    if (typeof code === 'string' && (lossStates.test(code) || lossCodes.has(code))) return true;
    return typeof message === 'string' && lossMessages.test(message);
  });
}

/** Whether the connection was known to be lost when the statement was due, so that it was not sent. */
export function wasNotSent(error: unknown): boolean {
  return [...chain(error)].some(
    ({ message }) => message === 'Client has encountered a connection error and is not queryable',
  );
}

export function databaseUnavailable(cause: unknown): DomainError {
  return DatabaseUnavailable(undefined, { cause });
}

function isUnavailable({ code, message }: DriverError): boolean {
  if (typeof code === 'string' && (unavailableCodes.has(code) || (code.length === 5 && unavailableStates.test(code)))) {
    return true;
  }
  return typeof message === 'string' && unavailableMessages.test(message);
}

function* chain(error: unknown): Generator<DriverError> {
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (typeof current === 'object' && current !== null && !seen.has(current)) {
    seen.add(current);
    const link = current as DriverError;
    yield link;
    current = link.previous ?? link.cause;
  }
}
