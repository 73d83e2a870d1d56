import type { IncomingHttpHeaders } from 'node:http';
import type { StoredObject } from '../object-storage.js';

const metadataPrefix = 'x-amz-meta-';

/**
 * Prefixed here, because the client sends names of standard headers without the prefix, and loses them on the way back.
 */
export function toHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [metadataPrefix + name, value]));
}

/** Reads the object's metadata from the headers of a GET or HEAD answer. */
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
    if (name.startsWith(metadataPrefix) && typeof value === 'string') {
      metadata[name.slice(metadataPrefix.length)] = value;
    }
  }
  return metadata;
}
