import { defineError } from './define-error.js';

/** Errors that any operation can throw. Errors of one module are declared in that module's `*.errors.ts`. */
export const ValidationFailed = defineError('VALIDATION_ERROR', 422, 'validation failed', {
  exampleDetails: { name: 'is required' },
});
export const BadRequest = defineError('BAD_REQUEST', 400, 'the request could not be parsed');
export const RouteNotFound = defineError('NOT_FOUND', 404, 'not found');
export const MethodNotAllowed = defineError('METHOD_NOT_ALLOWED', 405, 'method not allowed');
export const RequestTimeout = defineError('REQUEST_TIMEOUT', 408, 'the request did not arrive in time');
export const PayloadTooLarge = defineError('PAYLOAD_TOO_LARGE', 413, 'payload too large');
export const HeaderTooLarge = defineError('HEADER_TOO_LARGE', 431, 'the request header is too long');
export const UnsupportedMediaType = defineError('UNSUPPORTED_MEDIA_TYPE', 415, 'unsupported media type');
export const RateLimited = defineError('RATE_LIMITED', 429, 'too many requests', { retryAfterSeconds: 60 });
export const InternalError = defineError('INTERNAL_ERROR', 500, 'internal error');
export const DatabaseUnavailable = defineError('DATABASE_UNAVAILABLE', 503, 'the database does not answer', {
  retryAfterSeconds: 2,
});
export const StorageUnavailable = defineError('STORAGE_UNAVAILABLE', 503, 'the object store does not answer', {
  retryAfterSeconds: 2,
});
export const StorageFull = defineError('STORAGE_UNAVAILABLE', 503, 'there is no room left to store this', {
  retryAfterSeconds: 60,
});
export const Overloaded = defineError('OVERLOADED', 503, 'too many uploads are waiting', { retryAfterSeconds: 5 });
export const ShuttingDown = defineError('OVERLOADED', 503, 'the server is shutting down', { retryAfterSeconds: 5 });
