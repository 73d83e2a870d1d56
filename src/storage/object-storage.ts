import type { Readable } from 'node:stream';

/** Bytes. Up to here every S3-compatible server takes an object in one conditional PUT, without multipart. */
export const maxObjectBytes = 16 * 1024 * 1024;

/** First and last byte, both included, counted from 0. An `end` behind the object's end means its end. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Bytes that have come completely, with the digest that was computed on their way; no adapter computes it again. They
 * are in memory, or in a file with nothing else in it, which the caller no longer writes to, or both.
 */
export type ReceivedBytes = { readonly sha256: string } & (
  { readonly chunks: readonly Uint8Array[] } | { readonly file: string; readonly chunks?: readonly Uint8Array[] }
);

/** A chunk of a stream may be reused after the next one is read. */
export type ObjectSource = AsyncIterable<Uint8Array> | ReceivedBytes;

export interface PutOptions {
  /** Bytes; a source with more or fewer is refused. */
  readonly size: number;
  /** Lower-case hex; a stream with another digest is refused. */
  readonly sha256?: string;
  readonly contentType: string;
  /** Names of `[a-z0-9-]`, values of printable ASCII. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Explicit at every call: no object is ever overwritten. */
  readonly ifAbsent: true;
  readonly signal?: AbortSignal;
}

export interface GetOptions {
  readonly range?: ByteRange;
  /** Stops the bytes as well, not only the request. */
  readonly signal?: AbortSignal;
}

export interface StoredObject {
  /** Bytes of the whole object, also when a range of it was asked for. */
  readonly size: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Without quotes; another content has another one. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface OpenedObject extends StoredObject {
  /** To be read to its end or destroyed; fails with `StorageUnavailable`. */
  readonly body: Readable;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

export interface ObjectPage {
  /** Ordered by the UTF-8 bytes of the key. */
  readonly objects: readonly ListedObject[];
  /** For the next call; null when nothing is left. */
  readonly cursor: string | null;
}

export interface ListOptions {
  /** 1 to 1000. */
  readonly limit: number;
  readonly cursor?: string | null;
}

export interface DownloadUrlOptions {
  /** Seconds; at most seven days. */
  readonly expiresIn: number;
  readonly filename: string;
  readonly contentType: string;
  /** This server's own origin as the client reaches it, such as `https://prompts.example`. */
  readonly baseUrl: string;
}

export interface ProbeCheck {
  readonly name: string;
  readonly ok: boolean;
  /** For people; contains no host, bucket or path. */
  readonly detail?: string;
  /** An action of the check that the operator should know, for the log only. */
  readonly notice?: string;
}

export interface StorageVerdict {
  readonly ok: boolean;
  readonly checks: readonly ProbeCheck[];
}

/**
 * Port: stores package archives. Throws `StorageUnavailable` within seconds if the store is unreachable, full or
 * broken, an `ObjectError` for an error of the caller, and the reason of an abort.
 */
export abstract class ObjectStorage {
  /**
   * A folder on the file system of the store: a file that is received there becomes the object without being copied.
   * Undefined if the store is not on this machine.
   */
  abstract readonly incomingFolder: string | undefined;

  /**
   * Stores the source durably, completely or not at all, and ends a stream in any case. A file becomes the object if it
   * is on the file system of the store. Its name stays for the caller to remove; after a failed put it has its bytes
   * as before. After `StorageUnavailable` or an abort the object may exist nevertheless, as with any store behind a
   * network: its metadata names the reservation that stored it.
   * @throws ObjectExists, ObjectBodyMismatch, InvalidObject, and the errors of a stream itself
   */
  abstract put(key: string, source: ObjectSource, options: PutOptions): Promise<void>;

  /** @throws RangeOutsideObject */
  abstract get(key: string, options?: GetOptions): Promise<OpenedObject | null>;

  abstract head(key: string): Promise<StoredObject | null>;

  /** Succeeds also if the object does not exist. */
  abstract delete(key: string): Promise<void>;

  abstract list(prefix: string, options: ListOptions): Promise<ObjectPage>;

  /**
   * A URL from which anyone can read the object until it expires. Built without a request to the store, because
   * downloads are the hot path.
   */
  abstract downloadUrl(key: string, options: DownloadUrlOptions): string;

  /** Tests everything that the product relies on with real requests. Never throws. */
  abstract probe(): Promise<StorageVerdict>;
}
