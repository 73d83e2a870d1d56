import { randomUUID } from 'node:crypto';
import { inspectPath, hasErrorCode, unsafePathError } from '../files/inspect-path.js';
import type { SafePath } from '../files/safe-path.js';
import { listFolder } from '../files/read-files.js';
import { createFolder, move, removeIfEmpty, removeTree, writeNewFile } from '../files/write-files.js';
import { splitPromptId } from '../lock/prompt-id.js';

/**
 * Beside the owners' folders, with a name that no owner can have, and in the same file system, so that folders can be
 * renamed.
 */
const stagingFolder = '.staging';

/** The name contains the process id, so that another process can check whether it is still alive. */
const ownName = /^(?<kind>new|old)-(?<pid>\d{1,10})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The folder of a package below the installation folder. */
export function installFolderOf(directory: SafePath, id: string): SafePath {
  const { owner, name } = splitPromptId(id);
  return directory.child(owner, name);
}

/**
 * The installation of a package: its files are written beside its folder, then renamed into place. The old folder stays
 * complete until then, and can be restored until `cleanUp`.
 */
export class StagedInstall {
  private readonly newFolder: SafePath;
  private readonly oldFolder: SafePath;

  private constructor(
    private readonly target: SafePath,
    private readonly staging: SafePath,
  ) {
    const own = `${process.pid}-${randomUUID()}`;
    this.newFolder = staging.child(`new-${own}`);
    this.oldFolder = staging.child(`old-${own}`);
  }

  static async stage(directory: SafePath, id: string, files: ReadonlyMap<string, Buffer>): Promise<StagedInstall> {
    const placement = new StagedInstall(installFolderOf(directory, id), stagingFolderOf(directory, id));
    try {
      for (const [path, bytes] of files) {
        const file = placement.newFolder.child(...path.split('/'));
        await createFolder(file.parent);
        await writeNewFile(file, bytes);
      }
    } catch (error) {
      await placement.discard();
      throw error;
    }
    return placement;
  }

  /**
   * If the process is killed between the two renames, `recoverInterrupted` finds the old folder under its other name.
   */
  async commit(): Promise<void> {
    await createFolder(this.target.parent);
    await moveIfExists(this.target, this.oldFolder);
    try {
      await move(this.newFolder, this.target);
    } catch (error) {
      await moveIfExists(this.oldFolder, this.target);
      throw error;
    }
  }

  async rollBack(): Promise<void> {
    await move(this.target, this.newFolder);
    await moveIfExists(this.oldFolder, this.target);
  }

  async cleanUp(): Promise<void> {
    await removeTree(this.oldFolder);
    await removeEmptyStaging(this.staging);
  }

  /** Removes files that were not committed, or were rolled back. */
  async discard(): Promise<void> {
    await removeTree(this.newFolder);
    await removeEmptyStaging(this.staging);
  }
}

/** Commits all packages and the record, or rolls everything back. */
export async function commitAll(installs: readonly StagedInstall[], record: () => Promise<void>): Promise<void> {
  const committed: StagedInstall[] = [];
  try {
    for (const placement of installs) {
      await placement.commit();
      committed.unshift(placement);
    }
    await record();
  } catch (error) {
    for (const placement of committed) await placement.rollBack();
    throw error;
  }
  for (const placement of committed) await placement.cleanUp();
}

/**
 * Checks the paths of these packages before any request, read or write. @throws CliError, verification failed, if one
 * of them leads through a link, or contains a link
 */
export async function assertSafePaths(directory: SafePath, ids: Iterable<string>): Promise<void> {
  for (const id of ids) {
    await inspectPath(installFolderOf(directory, id));
    await findLeftovers(stagingFolderOf(directory, id));
  }
}

/** Cleans up after killed processes: the old folder is restored unless there is a new one in its place. */
export async function recoverInterrupted(directory: SafePath, id: string): Promise<void> {
  const staging = stagingFolderOf(directory, id);
  const target = installFolderOf(directory, id);
  const left = await findLeftovers(staging);
  for (const { name, kind } of left) {
    if (kind === 'old' && !(await inspectPath(target))) await move(staging.child(name), target);
    else await removeTree(staging.child(name));
  }
  if (left.length > 0) await removeEmptyStaging(staging);
}

/** Folders that killed processes left behind. Other entries stay. */
async function findLeftovers(staging: SafePath): Promise<{ name: string; kind: string | undefined }[]> {
  const found = [];
  for (const entry of await listFolder(staging)) {
    if (entry.isSymbolicLink()) throw unsafePathError(staging.child(entry.name), 'is a link');
    const { kind, pid } = ownName.exec(entry.name)?.groups ?? {};
    if (entry.isDirectory() && pid !== undefined && !isAlive(Number(pid))) found.push({ name: entry.name, kind });
  }
  return found;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0); // asks only
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}

/** Two slugs joined by `--`, which no slug contains. */
function stagingFolderOf(directory: SafePath, id: string): SafePath {
  return directory.child(stagingFolder, id.replace('/', '--'));
}

/** Removes the staging folder and its parent if they are empty. */
async function removeEmptyStaging(staging: SafePath): Promise<void> {
  await removeIfEmpty(staging);
  await removeIfEmpty(staging.parent);
}

async function moveIfExists(from: SafePath, to: SafePath): Promise<void> {
  if (await inspectPath(from)) await move(from, to);
}
