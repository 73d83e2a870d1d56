import { Readable } from 'node:stream';
import { type ArchiveFiles, readArchiveFiles } from '@promptyard/package-format/archive-files.js';
import { ByteReader } from '@promptyard/package-format/byte-reader.js';
import { packageLimits } from '@promptyard/package-format/package-limits.js';
import { gunzip } from '@promptyard/package-format/gzip/gunzip.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { inspectFile } from '../files/inspect-path.js';
import type { SafePath } from '../files/safe-path.js';
import { readBytes } from '../files/read-files.js';
import type { PackageCandidate } from './package-candidate.js';

/** Reads a .tar.gz with the server's own reader, which reports the first problem of an archive. */
export async function loadArchive(file: SafePath): Promise<PackageCandidate> {
  const path = file.display;
  const size = (await inspectFile(file))?.size ?? 0n;
  const message = `is over ${packageLimits.archiveBytes} bytes`;
  if (size > packageLimits.archiveBytes) return { path, problems: [{ file: path, message }], excluded: [] };
  const archive = await readBytes(file);
  try {
    const { manifest, template } = await readTexts(archive);
    return { path, archive, manifest, template, problems: [], excluded: [] };
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    return { path, problems: [{ file: path, message: error.reason }], excluded: [] };
  }
}

async function readTexts(archive: Buffer): Promise<ArchiveFiles> {
  const unpacked = gunzip(Readable.from([archive]));
  try {
    return await readArchiveFiles(new ByteReader(unpacked));
  } finally {
    await unpacked.return(undefined);
  }
}
