import type { ApiClient } from '../../api/api-client.js';
import { CliError } from '../../cli-error.js';
import type { ArchiveCache } from './archive-cache.js';
import { downloadArchive, type WantedArchive } from './download-archive.js';
import { unpackArchive } from './unpack-archive.js';

/** Maximum size of unpacked files in memory between the look-up of a package and its installation. */
const maxUnpackedBytes = 64 * 1024 * 1024;

export interface ArchiveProviderOptions {
  readonly cache: ArchiveCache;
  /** Undefined if no requests are allowed. */
  readonly api: ApiClient | undefined;
}

/** Gets archives of versions from the cache, or else from the registry. Each has the requested digest. */
export class ArchiveProvider {
  /** Archives that could not be cached, so that none is downloaded twice. */
  private readonly uncached = new Map<string, Buffer>();

  /**
   * Files by version and sha256, so that an archive is unpacked once for lock and installation. An archive was checked
   * for one prompt and version: it is checked again if the registry offers it as another one.
   */
  private readonly unpacked = new Map<string, Map<string, Buffer>>();
  private unpackedBytes = 0;

  constructor(private readonly options: ArchiveProviderOptions) {}

  /** The files of a version by their paths. @throws CliError if it is unavailable or no valid package */
  async files(wanted: WantedArchive, onBytes: (amount: number) => void): Promise<Map<string, Buffer>> {
    const key = `${wanted.id}@${wanted.version} ${wanted.sha256}`;
    const known = this.unpacked.get(key);
    if (known) {
      onBytes(wanted.size);
      return known;
    }
    const files = await unpackArchive(wanted.id, wanted.version, await this.get(wanted, onBytes));
    const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    if (this.unpackedBytes + size <= maxUnpackedBytes) {
      this.unpacked.set(key, files);
      this.unpackedBytes += size;
    }
    return files;
  }

  /** @throws CliError if it is unavailable or has another digest */
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
