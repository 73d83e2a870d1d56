import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Numbers } from '../scenario.js';
import type { Fixtures } from '../environment/fixtures.js';
import type { Load } from './load.js';

const boundary = 'boundary-of-the-form';
const manifest = 'name: upload-##\nversion: 1.0.#########\n';
const nameAt = manifest.indexOf('##');
const numberAt = manifest.indexOf('#########');

/** A row contains the number of the version, that of the prompt, and the checksum of the archive. */
const number = { from: 0, bytes: 9 };
const name = { from: 9, bytes: 2 };
const checksum = { from: 11, bytes: 4 };
const rowBytes = 15;

/**
 * Uploads of versions 1.0.n, to one of the prompts `upload-00`, `upload-01`, ... after the other. Packages of about so
 * many `bytes` differ by name and number in the manifest and by the checksum alone, so that the generator has nothing
 * to compute: the archive is stored, not compressed, and the manifest is its last file.
 */
export async function uploadLoad(
  { uploads, apiKey }: Pick<Fixtures, 'uploads' | 'apiKey'>,
  bytes: number,
  numbers: Numbers,
): Promise<Load> {
  const tar = await createArchive(bytes);
  const gzip = gzipSync(tar, { level: 0 });
  const at = gzip.indexOf(manifest);
  if (at < 0) throw new Error('the manifest is torn apart by the archive');
  const crcAt = gzip.length - 8;
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': `multipart/form-data; boundary=${boundary}` },
    requests: uploads.map(({ id }) => ({ path: `/v1/prompts/${id}/versions` })),
    body: {
      parts: [
        Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="version"\r\n\r\n1.0.`),
        Buffer.concat([Buffer.from(fileHead), gzip.subarray(0, at + nameAt)]),
        gzip.subarray(at + nameAt + name.bytes, at + numberAt),
        gzip.subarray(at + numberAt + number.bytes, crcAt),
        Buffer.concat([gzip.subarray(crcAt + checksum.bytes), Buffer.from(`\r\n--${boundary}--\r\n`)]),
      ],
      slots: [number, name, number, checksum],
      rows: rowsOf(tar, uploads.length, numbers),
      rowBytes,
    },
  };
}

const fileHead =
  `\r\n--${boundary}\r\ncontent-disposition: form-data; name="tarball"; filename="package.tar.gz"\r\n` +
  'content-type: application/gzip\r\n\r\n';

function rowsOf(tar: Buffer, prompts: number, { first, count }: Numbers): Buffer {
  const at = tar.indexOf(manifest);
  const before = crc32(tar.subarray(0, at + nameAt));
  const between = tar.subarray(at + nameAt + name.bytes, at + numberAt);
  const behind = tar.subarray(at + numberAt + number.bytes);
  const rows = Array.from({ length: count }, (_, i) => {
    const [version, prompt] = [String(first + i), String(i % prompts).padStart(2, '0')];
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE([prompt, between, version, behind].reduce<number>((sum, part) => crc32(part, sum), before));
    return Buffer.concat([Buffer.from(version + prompt), crc]);
  });
  return Buffer.concat(rows);
}

/** The size of headers, padding and the end of an archive with three small files. */
const overheadBytes = 3_584;

async function createArchive(bytes: number): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'prompt.md' }, 'Hello.');
  tar.entry({ name: 'filler' }, randomBytes(bytes - overheadBytes));
  tar.entry({ name: 'prompt.yaml' }, manifest);
  tar.finalize();
  return buffer(tar);
}
