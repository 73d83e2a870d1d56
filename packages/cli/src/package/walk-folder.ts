import { Caps } from '@promptyard/package-format/caps.js';
import { examine } from '../files/examine-path.js';
import type { NamedPath } from '../files/named-path.js';
import { listFolder } from '../files/read-files.js';
import type { Problem } from './problem.js';

export interface Walk {
  /** Paths with `/`, in the order in which they are packed. */
  readonly files: readonly string[];
  readonly leftOut: readonly string[];
  readonly problems: readonly Problem[];
}

const FIRST = ['prompt.yaml', 'prompt.md', 'README.md'];
/** What `promptyard pack` writes: the next package would hold it. */
const PACKED = /^[^/]+-\d+\.\d+\.\d+\.tar\.gz$/;

/**
 * The files of a package's folder. Left out are names that begin with a dot, since secrets and repositories live there,
 * node_modules, and packages at the root. What the server would refuse is a problem here, before anything is read.
 */
export async function walkFolder(folder: NamedPath): Promise<Walk> {
  const walk = { files: [] as string[], leftOut: [] as string[], problems: [] as Problem[], bytes: 0 };
  const folders = [''];
  for (let parent = folders.pop(); parent !== undefined; parent = folders.pop()) {
    for (const entry of await listFolder(parent === '' ? folder : folder.below(...parent.split('/')))) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (isLeftOut(entry.name, path)) walk.leftOut.push(path);
      else if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile())
        walk.problems.push({ file: path, message: 'is a link or a device; packages hold files only' });
      else await addFile(walk, folder.below(...path.split('/')), path);
    }
    if (walk.files.length > Caps.entries) break;
  }
  if (walk.files.length > Caps.entries)
    walk.problems.push({ file: folder.shown, message: `holds over ${Caps.entries} files` });
  if (walk.bytes > Caps.allFilesBytes)
    walk.problems.push({ file: folder.shown, message: 'holds files of over 50 MiB together' });
  return { ...walk, files: walk.files.sort(byPackingOrder), leftOut: walk.leftOut.sort() };
}

async function addFile(walk: { files: string[]; problems: Problem[]; bytes: number }, file: NamedPath, path: string) {
  const size = Number((await examine(file))?.size ?? 0);
  if (size > Caps.fileBytes) walk.problems.push({ file: path, message: 'is over 10 MiB' });
  walk.bytes += size;
  walk.files.push(path);
}

function isLeftOut(name: string, path: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || PACKED.test(path);
}

/** As the server packs a release: manifest, template, README; all else by name, the same on every machine. */
function byPackingOrder(one: string, other: string): number {
  const rank = (path: string) => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  return one < other ? -1 : 1;
}
