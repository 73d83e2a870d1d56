import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { splitPromptId } from '../lock/prompt-id.js';

/** Beside the owners' folders, and like none of them: in the same file system, so that folders can be renamed. */
const STAGING = '.staging';

/** Where a package is installed below the folder of all. */
export function folderOf(directory: string, id: string): string {
  const { owner, name } = splitPromptId(id);
  return join(directory, owner, name);
}

/**
 * A package's files on their way to its folder: written beside it, then renamed into its place. What was there before
 * stays complete until then, and can be put back until `finish`.
 */
export class Placement {
  private readonly fresh: string;
  private readonly old: string;

  private constructor(
    private readonly target: string,
    private readonly staging: string,
  ) {
    // The process is named, so that another one knows whether anybody still works on it.
    const own = `${process.pid}-${randomUUID()}`;
    this.fresh = join(staging, `new-${own}`);
    this.old = join(staging, `old-${own}`);
  }

  static async prepare(directory: string, id: string, files: ReadonlyMap<string, Buffer>): Promise<Placement> {
    const placement = new Placement(folderOf(directory, id), stagingOf(directory, id));
    try {
      for (const [path, bytes] of files) {
        const file = join(placement.fresh, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      }
    } catch (error) {
      await placement.discard();
      throw error;
    }
    return placement;
  }

  /** A process that is killed between the two renames leaves the old folder under its other name: `recover` finds it. */
  async place(): Promise<void> {
    await mkdir(dirname(this.target), { recursive: true });
    await renameIfThere(this.target, this.old);
    try {
      await rename(this.fresh, this.target);
    } catch (error) {
      await renameIfThere(this.old, this.target);
      throw error;
    }
  }

  async undo(): Promise<void> {
    await rename(this.target, this.fresh);
    await renameIfThere(this.old, this.target);
  }

  async finish(): Promise<void> {
    await rm(this.old, { recursive: true, force: true });
    await removeIfEmpty(this.staging);
  }

  /** For what was not placed, or was undone. */
  async discard(): Promise<void> {
    await rm(this.fresh, { recursive: true, force: true });
    await removeIfEmpty(this.staging);
  }
}

/** Puts all in place and writes down that it did, or leaves all as it was. */
export async function placeAll(placements: readonly Placement[], record: () => Promise<void>): Promise<void> {
  const placed: Placement[] = [];
  try {
    for (const placement of placements) {
      await placement.place();
      placed.unshift(placement);
    }
    await record();
  } catch (error) {
    for (const placement of placed) await placement.undo();
    throw error;
  }
  for (const placement of placed) await placement.finish();
}

/** Ends what processes that were killed had begun: the old folder comes back unless another is in its place. */
export async function recover(directory: string, id: string): Promise<void> {
  const staging = stagingOf(directory, id);
  const names = await readdir(staging).catch((): string[] => []);
  const target = folderOf(directory, id);
  for (const name of names.filter((each) => !isOfLiving(each))) {
    const isTaken = await lstat(target).catch(() => undefined);
    if (name.startsWith('old-') && !isTaken) await rename(join(staging, name), target);
    else await rm(join(staging, name), { recursive: true, force: true });
  }
  if (names.length > 0) await removeIfEmpty(staging);
}

function isOfLiving(name: string): boolean {
  const [, pid] = /^(?:new|old)-(\d+)-/.exec(name) ?? [];
  if (pid === undefined) return false;
  try {
    return process.kill(Number(pid), 0); // asks only
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Two slugs with `--` between: no slug holds that. */
function stagingOf(directory: string, id: string): string {
  return join(directory, STAGING, id.replace('/', '--'));
}

/** And the folder of all of them; others may be at work there. */
async function removeIfEmpty(staging: string): Promise<void> {
  await rmdir(staging).catch(() => undefined);
  await rmdir(dirname(staging)).catch(() => undefined);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
