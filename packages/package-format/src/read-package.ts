import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { type TemplateSyntax, tokenize } from '@promptyard/template/tokenize.js';
import { isPromptVariable } from '@promptyard/template/variables.js';
import { type ArchiveFiles, type OnFile, readArchiveFiles } from './archive-files.js';
import { ByteReader } from './byte-reader.js';
import { packageLimits } from './package-limits.js';
import { gunzip } from './gzip/gunzip.js';
import { InvalidPackage } from './invalid-package.js';
import { type Identity, readManifest } from './manifest/read-manifest.js';
import type { PackageContents } from './package-contents.js';

/** How many tokens of a template are read before the event loop continues. */
const tokensPerTick = 4096;

/**
 * Reads a package (.tar.gz) as a stream, in memory of a constant size and never to disk, and closes the stream; or one
 * that is in memory. A chunk of the source may be reused after the next one is read. Throws InvalidPackage for everything that
 * docs/protocols/package-format.md refuses, and the errors of the stream itself.
 */
export async function readPackage(
  source: AsyncIterable<Uint8Array> | Uint8Array,
  expected: Identity,
): Promise<PackageContents> {
  return parseContents(await readFiles(source), expected);
}

/** Reads all files of a package into memory, at most 50 MiB, in one pass. `expected` is asked with the manifest's text. */
export async function unpackPackage(
  source: AsyncIterable<Uint8Array>,
  expected: (manifest: string) => Promise<Identity>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = await readFiles(source, (path, bytes) => files.set(path, bytes));
  await parseContents(archive, await expected(archive.manifest));
  return files;
}

async function readFiles(source: AsyncIterable<Uint8Array> | Uint8Array, onFile?: OnFile): Promise<ArchiveFiles> {
  const unpacked = gunzip(source);
  try {
    return await readArchiveFiles(new ByteReader(unpacked), onFile);
  } finally {
    // The source is destroyed first, because a pending read would keep the generator from ending.
    if (source instanceof Readable) source.destroy();
    await unpacked.return(undefined);
    // Ends a generator that reads a file, which would otherwise keep the file open.
    if (isGenerator(source)) await source.return(undefined);
  }
}

function isGenerator(source: object): source is AsyncGenerator<Uint8Array> {
  return 'return' in source;
}

async function parseContents(archive: ArchiveFiles, expected: Identity): Promise<PackageContents> {
  const { json, fields, extra } = await readManifest(archive.manifest, expected);
  const { template, readme, files } = archive;
  const inputs = [...fields.inputs, ...(await findUndeclared(fields.inputs, template, fields.syntax))];
  const declaredInputs = fields.inputs.length;
  return { manifest: json, ...fields, inputs, declaredInputs, extra, template, readme, files };
}

/** Variables that the template uses and the manifest does not declare. */
async function findUndeclared(
  declared: TemplateVariable[],
  template: string,
  syntax: TemplateSyntax,
): Promise<TemplateVariable[]> {
  const names = new Set(declared.map((input) => input.name));
  const found: TemplateVariable[] = [];
  let read = 0;
  for (const token of tokenize(template, syntax)) {
    read += 1;
    if (read % tokensPerTick === 0) await setImmediate();
    if (!isPromptVariable(token, syntax) || names.has(token.name)) continue;
    names.add(token.name);
    found.push({ name: token.name, required: false });
    if (found.length > packageLimits.undeclaredVariables) throw tooManyVariables();
  }
  return found;
}

function tooManyVariables(): InvalidPackage {
  return new InvalidPackage(
    `prompt.md uses over ${packageLimits.undeclaredVariables} variables that prompt.yaml does not declare`,
  );
}
