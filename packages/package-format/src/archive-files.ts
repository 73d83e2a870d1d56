import type { ByteReader } from './byte-reader.js';
import { packageLimits } from './package-limits.js';
import { InvalidPackage, quote } from './invalid-package.js';
import type { PackageFile } from './package-contents.js';
import { decodeLeniently, decodeText } from './package-text.js';
import { EntryLimits } from './tar/entry-limits.js';
import { EntryPaths } from './tar/entry-paths.js';
import { type ReadableTarEntry, tarEntries } from './tar/tar-entries.js';

export interface ArchiveFiles {
  files: PackageFile[];
  manifest: string;
  template: string;
  readme: string | null;
}

const manifestPath = 'prompt.yaml';
const templatePath = 'prompt.md';
const readmePath = 'README.md';

/** Takes a copy of a file's bytes. */
export type OnFile = (path: string, bytes: Buffer) => void;

/**
 * Reads the archive once as a stream, and returns the list of files and the texts that the server needs. With `onFile`
 * every file is read whole and handed over.
 */
export async function readArchiveFiles(bytes: ByteReader, onFile?: OnFile): Promise<ArchiveFiles> {
  const limits = new EntryLimits();
  const paths = new EntryPaths();
  const files: PackageFile[] = [];
  const texts = new Map<string, string>();
  for await (const entry of tarEntries(bytes)) {
    limits.add(entry);
    paths.add(entry);
    const text = await readText(onFile && entry.kind === 'file' ? await readWhole(entry, onFile) : entry);
    if (text !== undefined) texts.set(entry.path, text);
    if (entry.kind === 'file') files.push({ path: entry.path, size: entry.size });
  }
  paths.assertNoFileIsFolder();
  return {
    files,
    manifest: texts.get(manifestPath) ?? refuseMissing(manifestPath, files),
    template: texts.get(templatePath) ?? refuseMissing(templatePath, files),
    readme: texts.get(readmePath) ?? null,
  };
}

/** The entry with its bytes in memory, once they were handed over. */
async function readWhole(entry: ReadableTarEntry, onFile: OnFile): Promise<ReadableTarEntry> {
  const bytes = Buffer.from(await entry.read(entry.size));
  onFile(entry.path, bytes);
  return { ...entry, read: (limit) => Promise.resolve(bytes.subarray(0, limit)) };
}

/** The entry's text, if it is one that the server reads. */
async function readText(entry: ReadableTarEntry): Promise<string | undefined> {
  switch (entry.path) {
    case manifestPath:
      return readRequired(entry, packageLimits.manifestBytes);
    case templatePath:
      return readRequired(entry, packageLimits.templateBytes);
    case readmePath:
      return entry.kind === 'file' ? readReadme(entry) : undefined;
    default:
      return undefined;
  }
}

async function readRequired({ path, kind, size, read }: ReadableTarEntry, limit: number): Promise<string> {
  if (kind === 'directory') throw new InvalidPackage(`${path} is a directory`);
  if (size > limit) throw new InvalidPackage(`${path} is over 1 MiB`);
  return decodeText(path, await read(size));
}

async function readReadme({ size, read }: ReadableTarEntry): Promise<string> {
  return decodeLeniently(await read(packageLimits.readmeTextBytes), size > packageLimits.readmeTextBytes);
}

function refuseMissing(path: string, files: PackageFile[]): never {
  const nested = files.find((file) => file.path.endsWith(`/${path}`));
  const where = nested ? ` at the root of the archive; it is at ${quote(nested.path)}` : '';
  throw new InvalidPackage(`${path} is missing${where}`);
}
