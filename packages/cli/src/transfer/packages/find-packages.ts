import { compare } from 'semver';
import { ToolFailure } from '../../failure.js';
import { examine, isUnsafePath } from '../../files/examine-path.js';
import type { NamedPath } from '../../files/named-path.js';
import { listFolder, readBytes } from '../../files/read-files.js';
import type { Candidate } from '../../package/candidate.js';
import { checkManifest } from '../../package/check-manifest.js';
import { loadArchive } from '../../package/load-archive.js';
import { showProblem } from '../../package/problem.js';
import type { ImportReport } from '../import-report.js';
import { inParallel } from '../in-parallel.js';

export interface FoundPackage {
  readonly path: NamedPath;
  readonly version: string;
}

/** The packages of one prompt, lowest version first. */
export interface PackageLine {
  readonly name: string;
  readonly packages: readonly FoundPackage[];
}

const MANIFEST = 'prompt.yaml';

/** Every package below a folder. Of each only who it is stays in memory. */
export async function findPackages(folder: NamedPath, report: ImportReport): Promise<PackageLine[]> {
  if (!(await examine(folder))?.isDirectory()) throw noFolder(folder);
  const lines = new Map<string, FoundPackage[]>();
  await inParallel(await walk(folder), async (path) => {
    const { identity, problems } = await identify(path);
    if (!identity) return report.refuse(path.shown, problems.join('; '));
    const line = lines.get(identity.name) ?? [];
    lines.set(identity.name, line);
    line.push({ path, version: identity.version });
  });
  return [...lines].map(([name, packages]) => ({
    name,
    packages: packages.sort(
      (one, other) => compare(one.version, other.version) || order(one.path.shown, other.path.shown),
    ),
  }));
}

/** Folders with a manifest and files that end in .tar.gz, by path. What is inside a package is no package. */
async function walk(root: NamedPath): Promise<NamedPath[]> {
  const found: NamedPath[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(folder);
    if (entries.some((entry) => entry.name === MANIFEST && !entry.isDirectory())) {
      found.push(folder);
      continue;
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder.below(entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && entry.name.endsWith('.tar.gz')) found.push(path);
    }
  }
  return found.sort((one, other) => order(one.shown, other.shown));
}

async function identify(path: NamedPath) {
  const { manifest, problems } = path.absolute.endsWith('.tar.gz') ? await loadArchive(path) : await loadManifest(path);
  if (manifest === undefined) return { problems: problems.map(({ message }) => message) };
  const checked = await checkManifest(manifest);
  const isKnown = checked.identity !== undefined && checked.problems.length === 0;
  return { identity: isKnown ? checked.identity : undefined, problems: checked.problems.map(showProblem) };
}

/** A manifest that is a link or a device is refused like any other bad package: it does not end the run. */
async function loadManifest(folder: NamedPath): Promise<Pick<Candidate, 'manifest' | 'problems'>> {
  const file = folder.below(MANIFEST);
  try {
    return { manifest: (await readBytes(file)).toString(), problems: [] };
  } catch (error) {
    if (!isUnsafePath(error)) throw error;
    return { problems: [{ file: file.shown, message: error.message }] };
  }
}

function noFolder({ shown }: NamedPath): ToolFailure {
  return new ToolFailure(`${shown} is no folder`, { code: 'NO_FOLDER', hint: 'Name the folder with the packages.' });
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
