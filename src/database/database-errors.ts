import { type DomainError, type ErrorFactory } from '../common/errors/define-error.js';
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
const unavailableStates = /^(08|53|58|57P0|57014|25006|25P03|XX)/;
const unavailableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable|pool after calling end/i;

/** Turns an error of the driver into one of the catalogue, where one is declared for it; gives back any other as it is. */
export function toDomainError(error: unknown): unknown {
  for (const cause of chain(error)) {
    const known = typeof cause.constraint === 'string' ? constraintErrors.get(cause.constraint) : undefined;
    if (known) return known(undefined, { cause: error });
    if (isUnavailable(cause)) return databaseUnavailable(error);
  }
  return error;
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
