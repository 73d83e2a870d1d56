import { createHash } from 'node:crypto';
import type { FileDigests } from './lock-file.js';

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function digestFiles(files: ReadonlyMap<string, Buffer>): FileDigests {
  return Object.fromEntries(Array.from(files, ([path, bytes]) => [path, sha256Of(bytes)]));
}

/** The differences between expected and actual files, one line each. */
export function fileDifferences(expected: FileDigests, actual: FileDigests): string[] {
  const wanted = new Map(Object.entries(expected));
  const found = new Map(Object.entries(actual));
  const lost = [...wanted.keys()].filter((path) => !found.has(path));
  const added = [...found.keys()].filter((path) => !wanted.has(path));
  const changed = [...wanted].filter(([path, digest]) => found.has(path) && found.get(path) !== digest);
  return [
    ...changed.map(([path]) => `${path} was changed`),
    ...lost.map((path) => `${path} is missing`),
    ...added.map((path) => `${path} was added`),
  ].sort();
}
