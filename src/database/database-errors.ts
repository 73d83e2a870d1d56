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

/** Maps a violated constraint to an error of the catalogue. Lost races are mapped here as well. */
export function onConstraint(constraint: string, error: ErrorFactory): void {
  constraintErrors.set(constraint, error);
}

// SQLSTATE classes and codes after which the same statement can succeed later: the server is away, starting,
// stopping, full, or cut the statement off.
const unavailableStates = /^(08|53|55P03|58|57P0|57014|25006|25P03|XX)/;
const unavailableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|not queryable|pool after calling end/i;

// Errors that end a connection, after which a new connection can work at once. Timeouts of this process are not among
// them.
const lossStates = /^(08|57P0[125]|25P03)/;
const lossCodes = new Set(['ECONNRESET', 'EPIPE']);
const lossMessages = /Connection terminated unexpectedly|Client has encountered a connection error/i;

/** Maps an error of the driver to one of the catalogue; returns an error without a mapping unchanged. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  for (const cause of chain(error)) {
    const known = typeof cause.constraint === 'string' ? constraintErrors.get(cause.constraint) : undefined;
    if (known) return known(undefined, { cause: error });
    if (isUnavailable(cause)) return databaseUnavailable(error);
  }
  return error;
}

/** Whether the connection of the statement was lost. */
export function isConnectionLost(error: unknown): boolean {
  // Other errors of the catalogue may have lost a connection to another system as their cause.
  if (error instanceof DomainError && !isError(error, DatabaseUnavailable)) return false;
  return [...chain(error)].some(({ code, message }) => {
    if (typeof code === 'string' && (lossStates.test(code) || lossCodes.has(code))) return true;
    return typeof message === 'string' && lossMessages.test(message);
  });
}

/** Whether the connection was already known to be lost, so that the statement was not sent. */
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
