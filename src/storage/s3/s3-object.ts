import type { IncomingHttpHeaders } from 'node:http';
import type { StoredObject } from '../object-storage.js';

const METADATA_PREFIX = 'x-amz-meta-';

/** Prefixed here: the client passes names that are headers themselves on as such, and loses them on the way back. */
export function toHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [METADATA_PREFIX + name, value]));
}

/** What the headers of a GET or HEAD answer say about the object. */
export function fromHeaders(headers: IncomingHttpHeaders): StoredObject {
  return {
    size: sizeOf(headers),
    contentType: headers['content-type'] ?? 'application/octet-stream',
    metadata: metadataOf(headers),
    etag: (headers.etag ?? '').replaceAll('"', ''),
    lastModified: new Date(headers['last-modified'] ?? 0),
  };
}

/** Size of the whole object: after the slash of `bytes 0-9/100` when a range was answered. */
function sizeOf(headers: IncomingHttpHeaders): number {
  const size = Number(headers['content-range']?.split('/')[1] ?? headers['content-length']);
  if (!Number.isSafeInteger(size)) throw new Error('the object store does not say how long the object is');
  return size;
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(METADATA_PREFIX) && typeof value === 'string') {
      metadata[name.slice(METADATA_PREFIX.length)] = value;
    }
  }
  return metadata;
}
