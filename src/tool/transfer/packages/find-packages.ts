import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from 'semver';
import { ToolFailure } from '../../failure.js';
import { checkManifest } from '../../package/check-manifest.js';
import { loadArchive } from '../../package/load-archive.js';
import { showProblem } from '../../package/problem.js';
import type { ImportReport } from '../import-report.js';
import { inParallel } from '../in-parallel.js';

export interface FoundPackage {
  readonly path: string;
  readonly version: string;
}

/** The packages of one prompt, lowest version first. */
export interface PackageLine {
  readonly name: string;
  readonly packages: readonly FoundPackage[];
}

const MANIFEST = 'prompt.yaml';

/** Every package below a folder. Of each only who it is stays in memory. */
export async function findPackages(folder: string, report: ImportReport): Promise<PackageLine[]> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new ToolFailure(`${folder} is no folder`, { code: 'NO_FOLDER', hint: 'Name the folder with the packages.' });
  const lines = new Map<string, FoundPackage[]>();
  await inParallel(await walk(folder), async (path) => {
    const { identity, problems } = await identify(path);
    if (!identity) return report.refuse(path, problems.join('; '));
    const line = lines.get(identity.name) ?? [];
    lines.set(identity.name, line);
    line.push({ path, version: identity.version });
  });
  return [...lines].map(([name, packages]) => ({
    name,
    packages: packages.sort((one, other) => compare(one.version, other.version) || order(one.path, other.path)),
  }));
}

/** Folders with a manifest and files that end in .tar.gz, by path. What is inside a package is no package. */
async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.name === MANIFEST && !entry.isDirectory())) {
      found.push(folder);
      continue;
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && entry.name.endsWith('.tar.gz')) found.push(path);
    }
  }
  return found.sort(order);
}

async function identify(path: string) {
  const { manifest, problems } = path.endsWith('.tar.gz')
    ? await loadArchive(path)
    : { manifest: await readFile(join(path, MANIFEST), 'utf8'), problems: [] };
  if (manifest === undefined) return { problems: problems.map(({ message }) => message) };
  const checked = await checkManifest(manifest);
  const isKnown = checked.identity !== undefined && checked.problems.length === 0;
  return { identity: isKnown ? checked.identity : undefined, problems: checked.problems.map(showProblem) };
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
