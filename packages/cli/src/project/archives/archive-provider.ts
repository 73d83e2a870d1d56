import type { ApiClient } from '../../api/api-client.js';
import { CliError } from '../../cli-error.js';
import type { ArchiveCache } from './archive-cache.js';
import { downloadArchive, type WantedArchive } from './download-archive.js';
import { unpackArchive } from './unpack-archive.js';

/** Bytes of unpacked files that stay in memory between looking a package up and writing it. */
const maxUnpackedBytes = 64 * 1024 * 1024;

export interface ArchiveProviderOptions {
  readonly cache: ArchiveCache;
  /** Undefined where nothing may be asked. */
  readonly api: ApiClient | undefined;
}

/** Archives of versions: from the cache, else from the registry. Each has the digest that it was asked for by. */
export class ArchiveProvider {
  /** What the cache did not take, so that nothing is downloaded twice. */
  private readonly uncached = new Map<string, Buffer>();

  /** Files by the archive's sha256, so that what is locked and then installed is unpacked once. */
  private readonly unpacked = new Map<string, Map<string, Buffer>>();
  private unpackedBytes = 0;

  constructor(private readonly options: ArchiveProviderOptions) {}

  /** The files of a version by their paths. @throws CliError where it cannot be had, or is no valid package */
  async files(wanted: WantedArchive, onBytes: (amount: number) => void): Promise<Map<string, Buffer>> {
    const known = this.unpacked.get(wanted.sha256);
    if (known) {
      onBytes(wanted.size);
      return known;
    }
    const files = await unpackArchive(wanted.id, wanted.version, await this.get(wanted, onBytes));
    const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    if (this.unpackedBytes + size <= maxUnpackedBytes) {
      this.unpacked.set(wanted.sha256, files);
      this.unpackedBytes += size;
    }
    return files;
  }

  /** @throws CliError where it cannot be had, or is something else */
  private async get(wanted: WantedArchive, onBytes: (amount: number) => void): Promise<Buffer> {
    const { cache, api } = this.options;
    const cached = this.uncached.get(wanted.sha256) ?? (await cache.get(wanted.sha256));
    if (cached) {
      onBytes(cached.length);
      return cached;
    }
    if (!api) throw notCachedError(wanted);
    const archive = await downloadArchive(api, wanted, onBytes);
    if (!(await cache.put(wanted.sha256, archive))) this.uncached.set(wanted.sha256, archive);
    return archive;
  }
}

function notCachedError({ id, version }: WantedArchive): CliError {
  return new CliError(`${id}@${version} is not in the cache`, {
    code: 'NOT_CACHED',
    hint: 'Run it once without --offline: `promptyard lock` fills the cache without installing.',
  });
}
