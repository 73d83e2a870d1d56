import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ByteRange, ObjectStorage, PutOptions } from '../../src/storage/object-storage.js';

export function optionsFor(content: Uint8Array, options: Partial<PutOptions> = {}): PutOptions {
  return { size: content.length, contentType: 'application/gzip', metadata: {}, ifAbsent: true, ...options };
}

function chunksOf(content: Uint8Array): Uint8Array[] {
  const count = Math.ceil(content.length / 65_536);
  return Array.from({ length: count }, (_, index) => content.subarray(index * 65_536, (index + 1) * 65_536));
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function putObject(
  storage: ObjectStorage,
  key: string,
  content: Uint8Array,
  options: Partial<PutOptions> = {},
): Promise<void> {
  return storage.put(key, Readable.from(chunksOf(content)), optionsFor(content, options));
}

export async function readObject(storage: ObjectStorage, key: string, range?: ByteRange): Promise<Buffer | null> {
  const object = await storage.get(key, { range });
  return object && buffer(object.body);
}
