import { isAbsolute, join } from 'node:path';
import { inspectPath } from '../../files/inspect-path.js';
import { SafePath } from '../../files/safe-path.js';
import { listFolder, openFileIfExists } from '../../files/read-files.js';
import { createFolder, removeTree, replaceFile } from '../../files/write-files.js';
import { sha256Of } from '../../lock/file-differences.js';
import type { Environment } from '../../settings/environment.js';
import { homeDirectory } from '../../settings/config-file.js';

/** Maximum size of the cache. The least recently used archives are removed first. */
export const maxCacheBytes = 256 * 1024 * 1024;

/** The names of complete and temporary files of this cache. No other file is removed. */
const ownFile = /^[0-9a-f]{64}\.tar\.gz(?:\.[0-9a-f-]{36})?$/;

/**
 * Archives by their sha256, readable by their owner only, because some are private. A cache that cannot be written is
 * ignored.
 */
export class ArchiveCache {
  private readonly folder: SafePath;

  constructor(env: Environment) {
    this.folder = SafePath.fromArgument(join(cacheDirectory(env), 'promptyard', 'archives'));
  }

  /** Undefined if it is missing or damaged. */
  async get(sha256: string): Promise<Buffer | undefined> {
    const archive = await this.read(sha256).catch(() => undefined);
    if (!archive || sha256Of(archive) === sha256) return archive;
    await removeTree(this.fileOf(sha256)).catch(() => undefined);
    return undefined;
  }

  /** Returns whether it was stored. */
  async put(sha256: string, archive: Buffer): Promise<boolean> {
    try {
      await createFolder(this.folder, 0o700);
      await replaceFile(this.fileOf(sha256), archive, 0o600);
      return true;
    } catch {
      return false;
    }
  }

  /** Removes archives above the limit. */
  async prune(limit = maxCacheBytes): Promise<void> {
    const entries = await listFolder(this.folder).catch(() => []);
    const own = entries.filter((entry) => entry.isFile() && ownFile.test(entry.name));
    const files = await Promise.all(own.map(({ name }) => this.describe(name)));
    let total = 0;
    for (const { file, size } of files.flat().sort((one, other) => other.usedAt - one.usedAt)) {
      total += size;
      if (total > limit) await removeTree(file).catch(() => undefined);
    }
  }

  /** Marks it as used. */
  private async read(sha256: string): Promise<Buffer | undefined> {
    await using handle = await openFileIfExists(this.fileOf(sha256));
    const archive = await handle?.readFile();
    const now = new Date();
    await handle?.utimes(now, now).catch(() => undefined);
    return archive;
  }

  private async describe(name: string) {
    const file = this.folder.child(name);
    const found = await inspectPath(file).catch(() => undefined);
    return found ? [{ file, size: Number(found.size), usedAt: Number(found.mtimeMs) }] : [];
  }

  private fileOf(sha256: string): SafePath {
    return this.folder.child(`${sha256}.tar.gz`);
  }
}

/** A relative path is ignored, as the XDG specification says; it would be a folder of the project. */
function cacheDirectory(env: Environment): string {
  const configured = env['XDG_CACHE_HOME'] ?? '';
  return isAbsolute(configured) ? configured : join(homeDirectory(env), '.cache');
}
