import type { Api } from '../../api/api.js';
import { ToolFailure } from '../../failure.js';
import type { ArchiveCache } from './archive-cache.js';
import { downloadArchive, type WantedArchive } from './download-archive.js';

export interface ArchivesOptions {
  readonly cache: ArchiveCache;
  /** Undefined where nothing may be asked. */
  readonly api: Api | undefined;
}

/** Archives of versions: from the cache, else from the registry. Each has the digest that it was asked for by. */
export class Archives {
  /** What the cache did not take, so that nothing is downloaded twice. */
  private readonly uncached = new Map<string, Buffer>();

  constructor(private readonly options: ArchivesOptions) {}

  /** @throws ToolFailure where it cannot be had, or is something else */
  async get(wanted: WantedArchive, onBytes: (amount: number) => void = () => undefined): Promise<Buffer> {
    const { cache, api } = this.options;
    const kept = this.uncached.get(wanted.sha256) ?? (await cache.get(wanted.sha256));
    if (kept) {
      onBytes(kept.length);
      return kept;
    }
    if (!api) throw notCached(wanted);
    const archive = await downloadArchive(api, wanted, onBytes);
    if (!(await cache.put(wanted.sha256, archive))) this.uncached.set(wanted.sha256, archive);
    return archive;
  }
}

function notCached({ id, version }: WantedArchive): ToolFailure {
  return new ToolFailure(`${id}@${version} is not in the cache`, {
    code: 'NOT_CACHED',
    hint: 'Run it once without --offline: `promptyard lock` fills the cache without installing.',
  });
}
