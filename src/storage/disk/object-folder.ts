import { constants, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, readdir, realpath, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { assertObjectKey, objectSuffix } from '../object-keys.js';
import { errorCode, InvalidObjectKey, ObjectExists } from '../storage.errors.js';

/** Key segments never start with a dot, so no object is ever in here. */
const incomingFolder = '.incoming';

const maxRemembered = 10_000;

/** The folder of the objects, and the only place that maps a key to a path. */
export class ObjectFolder {
  /** Folders whose entry has been synced, by path, with the identity of the folder. */
  private readonly syncedFolders = new Map<string, string>();

  private constructor(readonly root: string) {}

  /** Creates the folder if necessary. */
  static async open(directory: string): Promise<ObjectFolder> {
    await mkdir(join(directory, incomingFolder), { recursive: true, mode: 0o700 });
    const root = await realpath(directory);
    await syncFolder(root);
    await syncFolder(dirname(root));
    return new ObjectFolder(root);
  }

  /** The folder for incomplete objects, in the same file system, so that they can be linked. */
  get incoming(): string {
    return join(this.root, incomingFolder);
  }

  /** @throws InvalidObjectKey for a malformed key, or one that leaves the folder */
  pathOf(key: string): string {
    assertObjectKey(key);
    const path = resolve(this.root, `${key}${objectSuffix}`);
    // The rule for keys already prevents this. The check guards against a later change of that rule.
    if (!path.startsWith(this.root + sep)) throw new InvalidObjectKey(key, 'it leaves the folder');
    return path;
  }

  /** Opens the file of an object for reading; null if it does not exist. Follows no symbolic link. */
  async openFile(key: string): Promise<FileHandle | null> {
    const path = this.pathOf(key);
    try {
      await this.refuseLinks(key, dirname(path));
      return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (isAbsent(error)) return null;
      if (errorCode(error) === 'ELOOP') throw new InvalidObjectKey(key, 'a symbolic link stands in its place');
      throw error;
    }
  }

  /** Removes the file of an object durably, if it exists. */
  async removeFile(key: string): Promise<void> {
    const path = this.pathOf(key);
    try {
      await this.refuseLinks(key, dirname(path));
      await unlink(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  /**
   * Gives a complete file the name of the object, without removing the other one. `link` never replaces a file, unlike
   * `rename`, so that one of two concurrent calls fails. The name is durable after `syncFolderOf`.
   * @throws ObjectExists
   */
  async linkFile(file: string, key: string): Promise<void> {
    const path = this.pathOf(key);
    await this.ensureParents(key, this.parentsOf(dirname(path)));
    try {
      await link(file, path);
    } catch (error) {
      throw errorCode(error) === 'EEXIST' ? new ObjectExists(key) : error;
    }
  }

  async syncFolderOf(key: string): Promise<void> {
    await syncFolder(dirname(this.pathOf(key)));
  }

  /** Names of a subfolder's entries: those of objects without their suffix, those of folders with a slash at their end. */
  async entries(folder: string): Promise<string[]> {
    const found = await readdir(join(this.root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    return found.flatMap((entry) => {
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return [`${entry.name}/`];
      return entry.isFile() && entry.name.endsWith(objectSuffix) ? [entry.name.slice(0, -objectSuffix.length)] : [];
    });
  }

  /** Creates the folders of an object's file, if necessary, and syncs their entries. */
  private async ensureParents(key: string, parents: readonly string[]): Promise<void> {
    // Usually all of them have been synced before, which one look at each of them shows.
    const synced = await Promise.all(parents.map((folder) => this.isSynced(folder)));
    if (synced.every(Boolean)) return;
    for (const folder of parents) {
      await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') throw error;
      });
      const found = await lstat(folder);
      if (!found.isDirectory()) throw new InvalidObjectKey(key, 'something stands in the way of a folder');
      await this.syncParent(folder, found);
    }
  }

  private async isSynced(folder: string): Promise<boolean> {
    const identity = this.syncedFolders.get(folder);
    return identity !== undefined && identity === (await lstat(folder).then(identityOf, () => undefined));
  }

  /**
   * Syncs the entry of a folder once, also if the folder existed, because the process that created it may not have
   * synced it yet.
   */
  private async syncParent(folder: string, found: Stats): Promise<void> {
    const identity = identityOf(found);
    if (this.syncedFolders.get(folder) === identity) return;
    await syncFolder(dirname(folder));
    if (this.syncedFolders.size >= maxRemembered) this.syncedFolders.clear();
    this.syncedFolders.set(folder, identity);
  }

  /** Every folder from below the root down to this one. */
  private parentsOf(folder: string): string[] {
    const names = relative(this.root, folder).split(sep).filter(Boolean);
    return names.map((_, index) => join(this.root, ...names.slice(0, index + 1)));
  }

  private async refuseLinks(key: string, folder: string): Promise<void> {
    if ((await realpath(folder)) !== folder) throw new InvalidObjectKey(key, 'a symbolic link leads elsewhere');
  }
}

/** A new or removed name is durable only once its folder has been written out. */
export async function syncFolder(folder: string): Promise<void> {
  // On Windows a folder cannot be opened, and the journal of the file system covers names.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A symbolic link has an identity of its own. */
function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino} ${birthtimeMs}`;
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}
