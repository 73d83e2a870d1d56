import { randomUUID } from 'node:crypto';
import type { ValidPackage } from '../package/check-package.js';
import { UploadedVersion } from './response-schemas.js';
import type { ApiClient } from './api-client.js';
import { path } from './path.js';

/** Larger forms are sent in chunks of this size, to show the progress. */
const chunkBytes = 64 * 1024;

/** Uploads a package as a version. `onBytes` is called with the number of bytes of each sent chunk. */
export async function uploadVersion(
  api: ApiClient,
  promptId: string,
  { identity, archive }: Pick<ValidPackage, 'identity' | 'archive'>,
  onBytes: (amount: number) => void = () => undefined,
): Promise<UploadedVersion> {
  const boundary = randomUUID();
  const form = Buffer.concat([Buffer.from(formHead(boundary, identity.version)), archive, formEnd(boundary)]);
  return api.send(UploadedVersion, 'POST', path`/v1/prompts/${promptId}/versions`, {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    bytes: form.length > chunkBytes ? ReadableStream.from(inChunks(form, onBytes)) : form,
  });
}

/** Written by hand, because FormData is slower for an import of many small packages. */
function formHead(boundary: string, version: string): string {
  const part = (rest: string) => `--${boundary}\r\ncontent-disposition: form-data; ${rest}\r\n`;
  const file = 'name="tarball"; filename="package.tar.gz"\r\ncontent-type: application/gzip\r\n';
  return part(`name="version"\r\n\r\n${version}`) + part(file);
}

function formEnd(boundary: string): Buffer {
  return Buffer.from(`\r\n--${boundary}--\r\n`);
}

function* inChunks(bytes: Buffer, onBytes: (amount: number) => void): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    onBytes(chunk.length);
    yield chunk;
  }
}
