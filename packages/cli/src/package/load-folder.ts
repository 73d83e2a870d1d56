import { constants, gzipSync } from 'node:zlib';
import { packFiles } from '@promptyard/package-format/build-package.js';
import { packageLimits } from '@promptyard/package-format/package-limits.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { decodeText } from '@promptyard/package-format/package-text.js';
import type { SafePath } from '../files/safe-path.js';
import { readBytes } from '../files/read-files.js';
import type { PackageCandidate } from './package-candidate.js';
import type { Problem } from './problem.js';
import { walkFolder } from './walk-folder.js';

/**
 * Reads a folder and packs it: the same bytes for the same files on every machine, and the server's own bytes for the
 * files of a release that it made.
 */
export async function loadFolder(folder: SafePath): Promise<PackageCandidate> {
  const path = folder.display;
  const { files: names, excluded, problems: found } = await walkFolder(folder);
  const problems = [...found];
  for (const required of ['prompt.yaml', 'prompt.md']) {
    if (!names.includes(required)) problems.push({ file: required, message: 'is missing' });
  }
  if (found.length > 0) return { path, problems, excluded };
  const files = new Map<string, Buffer>();
  for (const name of names) files.set(name, await readBytes(folder.child(...name.split('/'))));
  const text = (name: string) => readText(name, files.get(name), problems);
  const texts = { manifest: text('prompt.yaml'), template: text('prompt.md') };
  return { path, ...texts, ...(problems.length === 0 && { archive: await pack(files) }), problems, excluded };
}

function readText(file: string, bytes: Buffer | undefined, problems: Problem[]): string | undefined {
  try {
    return bytes && decodeText(file, bytes);
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    problems.push({ file, message: error.reason.replace(`${file} `, '') });
    return undefined;
  }
}

/** The output of zlib depends on its version, so files are compressed only if they are too large otherwise. */
async function pack(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const { tar, archive } = await packFiles(files);
  return archive.length <= packageLimits.archiveBytes
    ? archive
    : gzipSync(tar, { level: constants.Z_BEST_COMPRESSION });
}
