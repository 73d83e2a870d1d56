import { randomUUID } from 'node:crypto';
import { examine, hasCode, unsafePath } from '../files/examine-path.js';
import type { NamedPath } from '../files/named-path.js';
import { listFolder } from '../files/read-files.js';
import { makeFolder, move, removeIfEmpty, removeTree, writeNew } from '../files/write-files.js';
import { splitPromptId } from '../lock/prompt-id.js';

/** Beside the owners' folders, and like none of them: in the same file system, so that folders can be renamed. */
const STAGING = '.staging';

/** The process is named, so that another one knows whether anybody still works on it. */
const OWN = /^(?<kind>new|old)-(?<pid>\d{1,10})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a package is installed below the folder of all. */
export function folderOf(directory: NamedPath, id: string): NamedPath {
  const { owner, name } = splitPromptId(id);
  return directory.below(owner, name);
}

/**
 * A package's files on their way to its folder: written beside it, then renamed into its place. What was there before
 * stays complete until then, and can be put back until `finish`.
 */
export class Placement {
  private readonly fresh: NamedPath;
  private readonly old: NamedPath;

  private constructor(
    private readonly target: NamedPath,
    private readonly staging: NamedPath,
  ) {
    const own = `${process.pid}-${randomUUID()}`;
    this.fresh = staging.below(`new-${own}`);
    this.old = staging.below(`old-${own}`);
  }

  static async prepare(directory: NamedPath, id: string, files: ReadonlyMap<string, Buffer>): Promise<Placement> {
    const placement = new Placement(folderOf(directory, id), stagingOf(directory, id));
    try {
      for (const [path, bytes] of files) {
        const file = placement.fresh.below(...path.split('/'));
        await makeFolder(file.parent);
        await writeNew(file, bytes);
      }
    } catch (error) {
      await placement.discard();
      throw error;
    }
    return placement;
  }

  /** A process that is killed between the two renames leaves the old folder under its other name: `recover` finds it. */
  async place(): Promise<void> {
    await makeFolder(this.target.parent);
    await moveIfThere(this.target, this.old);
    try {
      await move(this.fresh, this.target);
    } catch (error) {
      await moveIfThere(this.old, this.target);
      throw error;
    }
  }

  async undo(): Promise<void> {
    await move(this.target, this.fresh);
    await moveIfThere(this.old, this.target);
  }

  async finish(): Promise<void> {
    await removeTree(this.old);
    await removeStaging(this.staging);
  }

  /** For what was not placed, or was undone. */
  async discard(): Promise<void> {
    await removeTree(this.fresh);
    await removeStaging(this.staging);
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

/**
 * Looks at all places of these packages before anything is asked, read or written. @throws ToolFailure, verification
 * failed, where one of them leads through a link, or holds one that promptyard did not make
 */
export async function expectSafePlaces(directory: NamedPath, ids: Iterable<string>): Promise<void> {
  for (const id of ids) {
    await examine(folderOf(directory, id));
    await leftovers(stagingOf(directory, id));
  }
}

/** Ends what processes that were killed had begun: the old folder comes back unless another is in its place. */
export async function recover(directory: NamedPath, id: string): Promise<void> {
  const staging = stagingOf(directory, id);
  const target = folderOf(directory, id);
  const left = await leftovers(staging);
  for (const { name, kind } of left) {
    if (kind === 'old' && !(await examine(target))) await move(staging.below(name), target);
    else await removeTree(staging.below(name));
  }
  if (left.length > 0) await removeStaging(staging);
}

/** What this tool left behind when it was killed. All else is not its own, and stays; links it never makes. */
async function leftovers(staging: NamedPath): Promise<{ name: string; kind: string | undefined }[]> {
  const found = [];
  for (const entry of await listFolder(staging)) {
    if (entry.isSymbolicLink()) throw unsafePath(staging.below(entry.name), 'is a link');
    const { kind, pid } = OWN.exec(entry.name)?.groups ?? {};
    if (entry.isDirectory() && pid !== undefined && !isAlive(Number(pid))) found.push({ name: entry.name, kind });
  }
  return found;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0); // asks only
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Two slugs with `--` between: no slug holds that. */
function stagingOf(directory: NamedPath, id: string): NamedPath {
  return directory.below(STAGING, id.replace('/', '--'));
}

/** And the folder of all of them. */
async function removeStaging(staging: NamedPath): Promise<void> {
  await removeIfEmpty(staging);
  await removeIfEmpty(staging.parent);
}

async function moveIfThere(from: NamedPath, to: NamedPath): Promise<void> {
  if (await examine(from)) await move(from, to);
}
