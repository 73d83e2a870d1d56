import type { Readable } from 'node:stream';
import type { TemplateSyntax } from '../../prompts/template/tokenize.js';
import { findVariables } from '../../prompts/template/variables.js';
import { type ArchiveFiles, readArchiveFiles } from './archive-files.js';
import { ByteReader } from './byte-reader.js';
import { gunzip } from './gzip/gunzip.js';
import { type Identity, readManifest } from './manifest/read-manifest.js';
import type { PackageContents, PackageInput } from './package-contents.js';

/**
 * Reads a package (.tar.gz) as a stream, in memory of a constant size and never to disk, and closes the stream. Throws
 * InvalidPackage for everything that contracts/package-format.md refuses; an error of the stream itself as it is.
 */
export async function readPackage(source: Readable, expected: Identity): Promise<PackageContents> {
  return understand(await readFiles(source), expected);
}

async function readFiles(source: Readable): Promise<ArchiveFiles> {
  const unpacked = gunzip(source);
  try {
    return await readArchiveFiles(new ByteReader(unpacked));
  } finally {
    // First the source: what still waits for its next chunk would otherwise keep the generator from ending.
    source.destroy();
    await unpacked.return(undefined);
  }
}

async function understand(archive: ArchiveFiles, expected: Identity): Promise<PackageContents> {
  const { json, fields } = await readManifest(archive.manifest, expected);
  const { template, readme, files } = archive;
  const inputs = [...fields.inputs, ...undeclared(fields.inputs, template, fields.syntax)];
  return { manifest: json, ...fields, inputs, template, readme, files };
}

function undeclared(declared: PackageInput[], template: string, syntax: TemplateSyntax): PackageInput[] {
  const names = new Set(declared.map((input) => input.name));
  const forgotten = findVariables(template, syntax).filter(({ name }) => !names.has(name));
  return forgotten.map(({ name }) => ({ name, required: false }));
}
