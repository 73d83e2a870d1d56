import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buildPackage, type PackageSource } from '@promptyard/package-format/build-package.js';

export type PackageOptions = Pick<PackageSource, 'name' | 'version'> & Partial<PackageSource>;

/** A valid package. The same options give the same bytes; another template gives others. */
export function packageOf(options: PackageOptions): Promise<Buffer> {
  return buildPackage({
    description: 'A package for a test.',
    author: null,
    tags: [],
    inputs: [],
    syntax: 'braces',
    extra: {},
    template: 'Hello {{who}}.',
    readme: null,
    ...options,
  });
}

const gzipHeaderBytes = 10;
const commentFlag = 0x10;

/** A valid package of exactly so many bytes: incompressible files, and a comment in the gzip header for the rest. */
export async function packageOfSize({ name, version }: PackageOptions, size: number): Promise<Buffer> {
  const roundingRoom = 16 * 1024;
  const ballast = randomBytes(size - roundingRoom);
  const half = ballast.length >> 1;
  const tar = pack();
  tar.entry({ name: 'prompt.yaml' }, `name: ${name}\nversion: ${version}\n`);
  tar.entry({ name: 'prompt.md' }, 'Hello.');
  // In two files, each of which is under the cap for one.
  tar.entry({ name: 'ballast-1' }, ballast.subarray(0, half));
  tar.entry({ name: 'ballast-2' }, ballast.subarray(half));
  tar.finalize();
  const gzip = gzipSync(await buffer(tar), { level: 0 });
  const comment = Buffer.from(`${'x'.repeat(size - gzip.length - 1)}\0`);
  const head = gzip.subarray(0, gzipHeaderBytes);
  head.writeUInt8(head.readUInt8(3) | commentFlag, 3);
  return Buffer.concat([head, comment, gzip.subarray(gzipHeaderBytes)]);
}
