import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A folder that is built once for each state of its source files, and cached below the temporary folder for later runs.
 * `fill` builds it under another name; it is renamed when it is complete.
 */
export async function cachedFolder(
  name: string,
  sources: readonly string[],
  fill: (folder: string) => Promise<unknown>,
): Promise<string> {
  const home = join(tmpdir(), name);
  const cached = join(home, await fingerprint(sources));
  if (existsSync(cached)) return cached;
  await mkdir(home, { recursive: true });
  const fresh = await mkdtemp(join(home, 'building-'));
  try {
    await fill(fresh);
    await rename(fresh, cached);
  } catch (error) {
    await rm(fresh, { recursive: true });
    // If another run was faster, its result is the same.
    if (!existsSync(cached)) throw error;
  }
  return cached;
}

/** The folder that a script has built, or why it failed on this machine. */
export type BuildResult = { readonly folder: string } | { readonly status: unknown; readonly reason: string };

/** As madeOnce, by the `build.sh` among the sources, which is given the folder. */
export async function cachedBuild(name: string, source: string, files: readonly string[]): Promise<BuildResult> {
  const sources = files.map((file) => join(source, file));
  try {
    return { folder: await cachedFolder(name, sources, (fresh) => run(join(source, 'build.sh'), [fresh])) };
  } catch (error) {
    const { code: status, stderr, message } = error as Error & { code?: unknown; stderr?: string };
    return { status, reason: (stderr ? stderr : message).trim() };
  }
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(relative('', file)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
