import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { assertObjectKey, OBJECT_SUFFIX } from '../object-keys.js';
import { errorCode, InvalidObjectKey } from '../storage.errors.js';

/** Key segments never start with a dot, so no object is ever in here. */
const INCOMING = '.incoming';

const mostRemembered = 10_000;

/** The folder that objects are kept in, and the only place where a key becomes a path. */
export class ObjectFolder {
  /** Folders that outlive a power failure, by path: which of those that have been there under that name. */
  private readonly lasting = new Map<string, string>();

  private constructor(readonly root: string) {}

  /** Makes the folder if it is not there. */
  static async open(directory: string): Promise<ObjectFolder> {
    await mkdir(join(directory, INCOMING), { recursive: true, mode: 0o700 });
    const root = await realpath(directory);
    await syncFolder(root);
    await syncFolder(dirname(root));
    return new ObjectFolder(root);
  }

  /** Where objects are written before they have a name; in the same file system, so that they can be linked. */
  get incoming(): string {
    return join(this.root, INCOMING);
  }

  /** @throws InvalidObjectKey for a key that leaves the folder, or is none */
  pathOf(key: string): string {
    assertObjectKey(key);
    const path = resolve(this.root, `${key}${OBJECT_SUFFIX}`);
    // The rule for keys implies this; it stands here for the day on which somebody loosens that rule.
    if (!path.startsWith(this.root + sep)) throw new InvalidObjectKey(key, 'it leaves the folder');
    return path;
  }

  /** Opens the object's file for reading; null if there is none. Follows no symbolic link. */
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

  /** Removes the object's file, durably; whether there is one or not. */
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

  /** Makes the folders that the object's file needs, and sees to it that they outlive a power failure. */
  async makeParents(key: string): Promise<void> {
    const parents = this.parentsOf(dirname(this.pathOf(key)));
    for (const folder of parents) {
      await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') throw error;
      });
      const found = await lstat(folder);
      if (!found.isDirectory()) throw new InvalidObjectKey(key, 'something stands in the way of a folder');
      await this.makeLast(folder, found);
    }
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
      return entry.isFile() && entry.name.endsWith(OBJECT_SUFFIX) ? [entry.name.slice(0, -OBJECT_SUFFIX.length)] : [];
    });
  }

  /** Also one that was there: whoever made it a moment ago may not have got as far as this. But each only once. */
  private async makeLast(folder: string, { ino, birthtimeMs }: Stats): Promise<void> {
    const identity = `${ino} ${birthtimeMs}`;
    if (this.lasting.get(folder) === identity) return;
    await syncFolder(dirname(folder));
    if (this.lasting.size >= mostRemembered) this.lasting.clear();
    this.lasting.set(folder, identity);
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
  // There a folder cannot be opened, and the file system's journal covers names.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}
