import { compare } from 'semver';
import { CliError } from '../../cli-error.js';
import { inspectPath, isUnsafePath } from '../../files/inspect-path.js';
import type { SafePath } from '../../files/safe-path.js';
import { listFolder, readBytes } from '../../files/read-files.js';
import type { PackageCandidate } from '../../package/package-candidate.js';
import { checkManifest } from '../../package/check-manifest.js';
import { loadArchive } from '../../package/load-archive.js';
import { formatProblem } from '../../package/problem.js';
import type { ImportReport } from '../import-report.js';
import { forEachConcurrently } from '../concurrency.js';

export interface FoundPackage {
  readonly path: SafePath;
  readonly version: string;
}

/** The packages of one prompt, lowest version first. */
export interface PromptPackages {
  readonly name: string;
  readonly packages: readonly FoundPackage[];
}

const manifestFile = 'prompt.yaml';

/** Finds every package below a folder. Only names and versions stay in memory. */
export async function findPackages(folder: SafePath, report: ImportReport): Promise<PromptPackages[]> {
  if (!(await inspectPath(folder))?.isDirectory()) throw noFolderError(folder);
  const byName = new Map<string, FoundPackage[]>();
  await forEachConcurrently(await walk(folder), async (path) => {
    const { identity, problems } = await identify(path);
    if (!identity) return report.addRefusal(path.display, problems.join('; '));
    const versions = byName.get(identity.name) ?? [];
    byName.set(identity.name, versions);
    versions.push({ path, version: identity.version });
  });
  return [...byName].map(([name, packages]) => ({
    name,
    packages: packages.sort(
      (one, other) => compare(one.version, other.version) || compareText(one.path.display, other.path.display),
    ),
  }));
}

/** Folders with a manifest and files that end in .tar.gz, by path. Packages inside of packages are ignored. */
async function walk(root: SafePath): Promise<SafePath[]> {
  const found: SafePath[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(folder);
    if (entries.some((entry) => entry.name === manifestFile && !entry.isDirectory())) {
      found.push(folder);
      continue;
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder.child(entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && entry.name.endsWith('.tar.gz')) found.push(path);
    }
  }
  return found.sort((one, other) => compareText(one.display, other.display));
}

async function identify(path: SafePath) {
  const { manifest, problems } = path.absolute.endsWith('.tar.gz') ? await loadArchive(path) : await loadManifest(path);
  if (manifest === undefined) return { problems: problems.map(({ message }) => message) };
  const checked = await checkManifest(manifest);
  const isKnown = checked.identity !== undefined && checked.problems.length === 0;
  return { identity: isKnown ? checked.identity : undefined, problems: checked.problems.map(formatProblem) };
}

/** A manifest that is a link or a device is refused like any other invalid package, without ending the run. */
async function loadManifest(folder: SafePath): Promise<Pick<PackageCandidate, 'manifest' | 'problems'>> {
  const file = folder.child(manifestFile);
  try {
    return { manifest: (await readBytes(file)).toString(), problems: [] };
  } catch (error) {
    if (!isUnsafePath(error)) throw error;
    return { problems: [{ file: file.display, message: error.message }] };
  }
}

function noFolderError({ display: shown }: SafePath): CliError {
  return new CliError(`${shown} is no folder`, { code: 'NO_FOLDER', hint: 'Name the folder with the packages.' });
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
