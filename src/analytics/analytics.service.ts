import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/access/principal.js';
import { toCsv } from '../common/csv.js';
import { Answer } from '../common/http/answer.js';
import { isStorableText } from '../common/http/scalars.js';
import { PromptAccessService } from '../prompts/prompt-access.service.js';
import { PublicReads } from '../prompts/search/public-reads.service.js';
import { attachment } from '../storage/content-disposition.js';
import { VersionNotFound } from '../versions/versions.errors.js';
import type { PromptPath } from '../versions/versions.dto.js';
import { VersionReader } from '../versions/version-reader.js';
import type { DownloadSeries, DownloadsQuery } from './analytics.dto.js';
import { Download } from './download.entity.js';
import { DownloadRepository } from './download.repository.js';

/** How often prompts are downloaded. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly access: PromptAccessService,
    private readonly versions: VersionReader,
    @InjectRepository(Download) private readonly downloads: DownloadRepository,
    private readonly reads: PublicReads,
  ) {}

  /** @throws PromptNotFound, VersionNotFound */
  async series(path: PromptPath, query: DownloadsQuery, caller: Caller): Promise<DownloadSeries> {
    const { id, visibility } = await this.access.byPath(path.owner, path.name, caller);
    const { version } = query;
    const scopeId = version === undefined ? id : await this.versionId(path, version, caller);
    const reads = visibility === 'public' ? await this.reads.for(caller) : this.reads.primary();
    const counts = await this.downloads.series(scopeId, query, reads);
    const items = counts.map(({ period, ...sums }) => ({ period, ...(version ? { version } : {}), ...sums }));
    return { items, total: counts.reduce((sum, { downloads }) => sum + downloads, 0) };
  }

  async csv(path: PromptPath, query: DownloadsQuery, caller: Caller): Promise<Answer<string>> {
    const { items } = await this.series(path, query, caller);
    const rows = items.map(({ period, version, downloads, unique }) => [period, version ?? '', downloads, unique]);
    const body = toCsv(['period', 'version', 'downloads', 'unique'], rows);
    return new Answer(body, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': attachment(`${path.name}-downloads.csv`),
      },
    });
  }

  private async versionId(path: PromptPath, version: string, caller: Caller): Promise<string> {
    const found = isStorableText(version) ? await this.versions.findDownloadable(path, version, caller) : undefined;
    if (!found?.found) throw VersionNotFound();
    return found.found.id;
  }
}
