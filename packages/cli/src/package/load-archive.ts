import { Readable } from 'node:stream';
import { type ArchiveFiles, readArchiveFiles } from '@promptyard/package-format/archive-files.js';
import { ByteReader } from '@promptyard/package-format/byte-reader.js';
import { Caps } from '@promptyard/package-format/caps.js';
import { gunzip } from '@promptyard/package-format/gzip/gunzip.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { examineFile } from '../files/examine-path.js';
import type { NamedPath } from '../files/named-path.js';
import { readBytes } from '../files/read-files.js';
import type { Candidate } from './candidate.js';

/** Reads a .tar.gz with the server's own reader, which names the first thing that is wrong with an archive. */
export async function loadArchive(file: NamedPath): Promise<Candidate> {
  const path = file.shown;
  const size = (await examineFile(file))?.size ?? 0n;
  const message = `is over ${Caps.archiveBytes} bytes`;
  if (size > Caps.archiveBytes) return { path, problems: [{ file: path, message }], leftOut: [] };
  const archive = await readBytes(file);
  try {
    const { manifest, template } = await readTexts(archive);
    return { path, archive, manifest, template, problems: [], leftOut: [] };
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    return { path, problems: [{ file: path, message: error.reason }], leftOut: [] };
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
