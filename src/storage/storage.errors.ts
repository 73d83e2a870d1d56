import { StorageFull, StorageUnavailable } from '../common/errors/catalogue.js';
import { defineError, DomainError } from '../common/errors/define-error.js';

export const StorageUnfit = defineError(
  'STORAGE_UNAVAILABLE',
  503,
  'the object store is not fit for packages: GET /health/ready says why',
  { retryAfterSeconds: 5 },
);
export const FileAddressRefused = defineError('FORBIDDEN', 403, 'the address of this file is not valid, or no longer');
export const FileNotFound = defineError('NOT_FOUND', 404, 'file not found');
export const RangeNotSatisfiable = defineError('RANGE_NOT_SATISFIABLE', 416, 'the file is shorter than that');

/** An error of the caller of the storage port, as opposed to a failure of the store. Never sent to a client. */
export abstract class ObjectError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Something is stored under this key already; it was not touched. */
export class ObjectExists extends ObjectError {
  constructor(readonly key: string) {
    super(`an object is stored under ${JSON.stringify(key)} already`);
  }
}

/** The key is malformed, or leaves the folder of the objects. */
export class InvalidObjectKey extends ObjectError {
  constructor(key: string, reason: string) {
    super(`${JSON.stringify(key)} is no object key: ${reason}`);
  }
}

/** Size, content type or metadata cannot be stored by every adapter. */
export class InvalidObject extends ObjectError {}

/** The bytes that came are not those that were announced; nothing was stored. */
export class ObjectBodyMismatch extends ObjectError {}

/** The object ends before the range starts. */
export class RangeOutsideObject extends ObjectError {
  constructor(readonly size: number) {
    super(`the object has ${size} bytes`);
  }
}

/** Maps a cause to `StorageUnavailable` or `StorageFull`, unless it is an error of the caller. */
export function asStorageError(cause: unknown): Error {
  if (cause instanceof ObjectError || cause instanceof DomainError) return cause;
  return (isFull(cause) ? StorageFull : StorageUnavailable)(undefined, { cause });
}

const codesOfFullStores = new Set(['ENOSPC', 'EDQUOT', 'XMinioStorageFull', 'QuotaExceeded']);

/** Whether the disk, or the object store, has no room left. */
export function isFull(cause: unknown): boolean {
  return codesOfFullStores.has(errorCode(cause) ?? '');
}

/** Runs work that needs the store, and maps its failures to `StorageUnavailable` with their cause. */
export async function withStorageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw asStorageError(cause);
  }
}

/** The code by which Node.js or an object store names an error, such as `ENOSPC` or `AccessDenied`. */
export function errorCode(error: unknown): string | undefined {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
}
