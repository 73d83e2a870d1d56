import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { asStorageError } from '../storage.errors.js';

/**
 * An object is one file: its bytes, then its metadata as JSON, then the length of that JSON and a mark. A single file
 * can be linked into place atomically, so that no object lacks its metadata. The bytes come first, so that tools can
 * still read the file: tools that unpack archives ignore the rest.
 */
const Description = z.strictObject({
  size: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
  storedAt: z.iso.datetime(),
});
export type ObjectDescription = z.infer<typeof Description>;

const trailerMark = Buffer.from('PYOBJ1\r\n');
const footerBytes = 4 + trailerMark.length;
/** More than the metadata of any object. */
const maxTrailerBytes = 8192;

export function encodeTrailer(description: ObjectDescription): Buffer {
  const json = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, trailerMark]);
}

/** @throws StorageUnavailable if the file was cut off or altered */
export async function readDescription(file: FileHandle): Promise<ObjectDescription> {
  const { size } = await file.stat();
  const end = Buffer.alloc(Math.min(size, maxTrailerBytes));
  await file.read(end, 0, end.length, size - end.length);
  const description = parseEnd(end, size);
  if (!description) throw asStorageError(new Error('a file among the objects is damaged'));
  return description;
}

function parseEnd(end: Buffer, fileSize: number): ObjectDescription | undefined {
  if (end.length < footerBytes || !end.subarray(-trailerMark.length).equals(trailerMark)) return undefined;
  const jsonEnd = end.length - footerBytes;
  const jsonLength = end.readUInt32BE(jsonEnd);
  if (jsonLength > jsonEnd) return undefined;
  const description = parseJson(end.toString('utf8', jsonEnd - jsonLength, jsonEnd));
  return description?.size === fileSize - footerBytes - jsonLength ? description : undefined;
}

function parseJson(text: string): ObjectDescription | undefined {
  try {
    return Description.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
