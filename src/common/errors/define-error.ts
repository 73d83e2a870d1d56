import type { StandardSchemaV1 } from '@standard-schema/spec';

export type ErrorDetails = Record<string, unknown>;

/** The public part of an error: declared once, thrown by name, documented by the same object. */
export interface ErrorDefinition {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** An example of `details`; absent where the error never has any. */
  readonly exampleDetails?: ErrorDetails;
  /** Seconds for the `Retry-After` header; absent where trying again does not help. */
  readonly retryAfterSeconds?: number;
}

/** A part of a request, complete, with its problems. */
export interface InvalidInput {
  readonly place: string;
  readonly value: unknown;
  readonly issues: readonly StandardSchemaV1.Issue[];
}

export interface ErrorContext {
  /** The real cause, for the log and never for the client. */
  cause?: unknown;
  headers?: Record<string, string>;
  /** The part of the request that did not match its schema, for protocols that return it. */
  invalid?: InvalidInput;
}

/** A thrown error of the catalogue. The filter turns it into the body of the protocol. */
export class DomainError extends Error {
  constructor(
    readonly definition: ErrorDefinition,
    readonly details?: ErrorDetails,
    readonly context: ErrorContext = {},
  ) {
    super(definition.message, { cause: context.cause });
    this.name = definition.code;
  }
}

export type ErrorFactory = ErrorDefinition & ((details?: ErrorDetails, context?: ErrorContext) => DomainError);

/** Declares an error: `throw VersionExists({ sha256 }, { cause })`. The same object documents it: `@Fails(VersionExists)`. */
export function defineError(
  code: string,
  status: number,
  message: string,
  extras: Pick<ErrorDefinition, 'exampleDetails' | 'retryAfterSeconds'> = {},
): ErrorFactory {
  const definition: ErrorDefinition = { code, status, message, ...extras };
  const factory = (details?: ErrorDetails, context?: ErrorContext) => new DomainError(definition, details, context);
  return Object.assign(factory, definition);
}

/** Whether `error` is the catalogue error that `factory` throws. */
export function isError(error: unknown, factory: ErrorFactory): error is DomainError {
  return error instanceof DomainError && error.definition.code === factory.code && error.message === factory.message;
}
