import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { pack } from 'tar-stream';
import { storedGzip } from './gzip/stored-gzip.js';
import { InvalidPackage } from './invalid-package.js';
import { type ManifestContents, writeManifest } from './manifest/write-manifest.js';
import type { PackageContents } from './package-contents.js';
import { readPackage } from './read-package.js';

export interface PackageSource extends ManifestContents {
  template: string;
  readme: string | null;
}

/** The file attributes in the archive. They are fixed, so that archives are reproducible. */
const fileAttributes = { mode: 0o644, uid: 0, gid: 0, mtime: new Date('2000-01-01T00:00:00Z') } as const;

export interface BuiltPackage {
  readonly archive: Buffer;
  /** What readPackage() finds in the archive. */
  readonly contents: PackageContents;
}

/**
 * A package with `prompt.yaml`, `prompt.md` and `README.md`: the same bytes for the same source on every machine. What
 * readPackage() would refuse or read as something else is refused here, as InvalidPackage.
 */
export async function buildPackageWithContents(source: PackageSource): Promise<BuiltPackage> {
  const { archive } = await packFiles(filesOf(source));
  const contents = await readPackage(archive, source);
  assertLossless(source, contents);
  return { archive, contents };
}

/** The archive alone. */
export async function buildPackage(source: PackageSource): Promise<Buffer> {
  return (await buildPackageWithContents(source)).archive;
}

function filesOf(source: PackageSource): Map<string, string> {
  const files = new Map([
    ['prompt.yaml', writeManifest(source)],
    ['prompt.md', source.template],
  ]);
  if (source.readme !== null) files.set('README.md', source.readme);
  return files;
}

/** The archive of some files, in their order, as .tar and as .tar.gz: the same bytes for the same files on every machine. */
export async function packFiles(
  files: ReadonlyMap<string, string | Buffer>,
): Promise<{ tar: Buffer; archive: Buffer }> {
  const tar = await writeTar(files);
  return { tar, archive: storedGzip(tar) };
}

async function writeTar(files: ReadonlyMap<string, string | Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, ...fileAttributes }, content);
  tar.finalize();
  return buffer(tar);
}

/** Undeclared variables of the template come back as additional inputs, which is allowed. */
function assertLossless(source: PackageSource, read: PackageContents): void {
  const declared = { ...read, inputs: read.inputs.slice(0, read.declaredInputs) };
  const fields = ['description', 'author', 'inputs', 'tags', 'syntax', 'extra', 'template', 'readme'] as const;
  const changed = fields.filter((field) => !isDeepStrictEqual(declared[field], asJson(source[field])));
  if (changed.length > 0) throw new InvalidPackage(`${changed.join(', ')} cannot be packed without a change`);
}

/** The value as JSON: without undefined, and with -0 as 0. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
