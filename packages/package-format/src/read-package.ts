import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { type TemplateSyntax, tokenize } from '@promptyard/template/tokenize.js';
import { isAskedFor } from '@promptyard/template/variables.js';
import { type ArchiveFiles, type OnFile, readArchiveFiles } from './archive-files.js';
import { ByteReader } from './byte-reader.js';
import { Caps } from './caps.js';
import { gunzip } from './gzip/gunzip.js';
import { InvalidPackage } from './invalid-package.js';
import { type Identity, readManifest } from './manifest/read-manifest.js';
import type { PackageContents } from './package-contents.js';

/** How many tokens of a template are looked at before other work of the process gets its turn. */
const TOKENS_PER_TURN = 4096;

/**
 * Reads a package (.tar.gz) as a stream, in memory of a constant size and never to disk, and closes the stream. Of the
 * source's chunks each need be good only until the next is asked for. Throws
 * InvalidPackage for everything that docs/protocols/package-format.md refuses; an error of the stream itself as it is.
 */
export async function readPackage(source: AsyncIterable<Uint8Array>, expected: Identity): Promise<PackageContents> {
  return understand(await readFiles(source), expected);
}

/** Reads all files of a package into memory, at most 50 MiB, in one pass. `expected` is asked with the manifest's text. */
export async function unpackPackage(
  source: AsyncIterable<Uint8Array>,
  expected: (manifest: string) => Promise<Identity>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = await readFiles(source, (path, bytes) => files.set(path, bytes));
  await understand(archive, await expected(archive.manifest));
  return files;
}

async function readFiles(source: AsyncIterable<Uint8Array>, onFile?: OnFile): Promise<ArchiveFiles> {
  const unpacked = gunzip(source);
  try {
    return await readArchiveFiles(new ByteReader(unpacked), onFile);
  } finally {
    // First the source: what still waits for its next chunk would otherwise keep the generator from ending.
    if (source instanceof Readable) source.destroy();
    await unpacked.return(undefined);
    // Last: what comes from a file keeps it open until it is told that nothing more is wanted.
    if (isGenerator(source)) await source.return(undefined);
  }
}

function isGenerator(source: AsyncIterable<Uint8Array>): source is AsyncGenerator<Uint8Array> {
  return 'return' in source;
}

async function understand(archive: ArchiveFiles, expected: Identity): Promise<PackageContents> {
  const { json, fields, extra } = await readManifest(archive.manifest, expected);
  const { template, readme, files } = archive;
  const inputs = [...fields.inputs, ...(await undeclared(fields.inputs, template, fields.syntax))];
  const declaredInputs = fields.inputs.length;
  return { manifest: json, ...fields, inputs, declaredInputs, extra, template, readme, files };
}

/** Variables that the template uses and the manifest does not declare. */
async function undeclared(
  declared: TemplateVariable[],
  template: string,
  syntax: TemplateSyntax,
): Promise<TemplateVariable[]> {
  const names = new Set(declared.map((input) => input.name));
  const found: TemplateVariable[] = [];
  let read = 0;
  for (const token of tokenize(template, syntax)) {
    read += 1;
    if (read % TOKENS_PER_TURN === 0) await setImmediate();
    if (!isAskedFor(token, syntax) || names.has(token.name)) continue;
    names.add(token.name);
    found.push({ name: token.name, required: false });
    if (found.length > Caps.undeclaredVariables) throw tooManyVariables();
  }
  return found;
}

function tooManyVariables(): InvalidPackage {
  return new InvalidPackage(
    `prompt.md uses over ${Caps.undeclaredVariables} variables that prompt.yaml does not declare`,
  );
}
