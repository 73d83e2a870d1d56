import { packageLimits } from '@promptyard/package-format/package-limits.js';
import { inspectPath } from '../files/inspect-path.js';
import type { SafePath } from '../files/safe-path.js';
import { listFolder } from '../files/read-files.js';
import type { Problem } from './problem.js';

export interface WalkResult {
  /** Paths with `/`, in the order in which they are packed. */
  readonly files: readonly string[];
  readonly excluded: readonly string[];
  readonly problems: readonly Problem[];
}

const firstFiles = ['prompt.yaml', 'prompt.md', 'README.md'];
/** The output of `promptyard pack`, which must not be in the next package. */
const packedArchive = /^[^/]+-\d+\.\d+\.\d+\.tar\.gz$/;

/**
 * The files of a package's folder. Hidden files are excluded, because they may contain secrets, and so are node_modules
 * and packages at the root. Files that the server would refuse are reported before they are read.
 */
export async function walkFolder(folder: SafePath): Promise<WalkResult> {
  const walk = { files: [] as string[], leftOut: [] as string[], problems: [] as Problem[], bytes: 0 };
  const folders = [''];
  for (let parent = folders.pop(); parent !== undefined; parent = folders.pop()) {
    for (const entry of await listFolder(parent === '' ? folder : folder.child(...parent.split('/')))) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (isExcluded(entry.name, path)) walk.leftOut.push(path);
      else if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile())
        walk.problems.push({ file: path, message: 'is a link or a device; packages hold files only' });
      else await addFile(walk, folder.child(...path.split('/')), path);
    }
    if (walk.files.length > packageLimits.entries) break;
  }
  if (walk.files.length > packageLimits.entries)
    walk.problems.push({ file: folder.display, message: `holds over ${packageLimits.entries} files` });
  if (walk.bytes > packageLimits.allFilesBytes)
    walk.problems.push({ file: folder.display, message: 'holds files of over 50 MiB together' });
  return { ...walk, files: walk.files.sort(comparePackingOrder), excluded: walk.leftOut.sort() };
}

async function addFile(walk: { files: string[]; problems: Problem[]; bytes: number }, file: SafePath, path: string) {
  const size = Number((await inspectPath(file))?.size ?? 0);
  if (size > packageLimits.fileBytes) walk.problems.push({ file: path, message: 'is over 10 MiB' });
  walk.bytes += size;
  walk.files.push(path);
}

function isExcluded(name: string, path: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || packedArchive.test(path);
}

/** The order in which the server packs a release: manifest, template, README, then the rest by name. */
function comparePackingOrder(one: string, other: string): number {
  const rank = (path: string) => (firstFiles.includes(path) ? firstFiles.indexOf(path) : firstFiles.length);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  return one < other ? -1 : 1;
}
