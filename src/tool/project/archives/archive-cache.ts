import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../../lock/file-differences.js';
import type { Environment } from '../../settings/environment.js';
import { homeDirectory } from '../../settings/config-file.js';
import { writeWholeFile } from '../write-whole-file.js';

/** Bytes of archives that are kept; those that were not used for longest go first. */
export const CACHE_LIMIT = 256 * 1024 * 1024;

/** Archives by their sha256, readable by their owner alone: some are private. A cache that cannot be written is none. */
export class ArchiveCache {
  private readonly folder: string;

  constructor(env: Environment) {
    this.folder = join(cacheDirectory(env), 'promptyard', 'archives');
  }

  /** Undefined if it is not there, or not any more what it was. */
  async get(sha256: string): Promise<Buffer | undefined> {
    const file = this.fileOf(sha256);
    const archive = await readFile(file).catch(() => undefined);
    if (!archive) return undefined;
    if (sha256Of(archive) === sha256) {
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined);
      return archive;
    }
    await rm(file, { force: true }).catch(() => undefined);
    return undefined;
  }

  /** Answers whether it is kept. */
  async put(sha256: string, archive: Buffer): Promise<boolean> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeWholeFile(this.fileOf(sha256), archive, 0o600);
      return true;
    } catch {
      return false;
    }
  }

  /** Removes what is over the limit. */
  async prune(limit = CACHE_LIMIT): Promise<void> {
    const names = await readdir(this.folder).catch((): string[] => []);
    const files = await Promise.all(names.map((name) => this.describe(name)));
    let total = 0;
    for (const { file, size } of files.flat().sort((one, other) => other.usedAt - one.usedAt)) {
      total += size;
      if (total > limit) await rm(file, { force: true }).catch(() => undefined);
    }
  }

  private async describe(name: string) {
    const file = join(this.folder, name);
    const found = await stat(file).catch(() => undefined);
    return found ? [{ file, size: found.size, usedAt: found.mtimeMs }] : [];
  }

  private fileOf(sha256: string): string {
    return join(this.folder, `${sha256}.tar.gz`);
  }
}

function cacheDirectory(env: Environment): string {
  const configured = env['XDG_CACHE_HOME'];
  return configured !== undefined && configured !== '' ? configured : join(homeDirectory(env), '.cache');
}
