import { EntityRepository } from '@mikro-orm/postgresql';
import type { ReadConnection } from '../database/replicas/read-connection.js';
import { Download } from './download.entity.js';
import { downloadSeries, pendingDownloads, recordDownloads } from './downloads.queries.js';

/** What is recorded of a download; its transaction is PostgreSQL's. */
export type DownloadRecord = Readonly<Pick<Download, 'id' | 'at' | 'versionId' | 'promptId' | 'visitor'>>;

/** Days in UTC, both included, as YYYY-MM-DD. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly interval: 'day' | 'week' | 'month';
}

export interface PeriodCount {
  /** First day of the period. */
  readonly period: string;
  readonly downloads: number;
  /** Visitors, each counted once a day. */
  readonly unique: number;
}

/** Records downloads, and reads their sums. */
export class DownloadRepository extends EntityRepository<Download> {
  async record(records: readonly DownloadRecord[]): Promise<void> {
    await this.em.execute(recordDownloads, [
      records.map(({ id }) => id),
      records.map(({ at }) => at.toISOString()),
      records.map(({ versionId }) => versionId),
      records.map(({ promptId }) => promptId),
      records.map(({ visitor }) => visitor),
    ]);
  }

  /**
   * Sums per period of one prompt or one version (`scopeId`), oldest first; periods without downloads are left out.
   * @param reads where they are read; the primary if omitted
   */
  async series(scopeId: string, { from, to, interval }: Period, reads?: ReadConnection): Promise<PeriodCount[]> {
    type Row = { period: string; downloads: string; visitors: string };
    const values = [scopeId, from, to, interval];
    const rows = await (reads?.execute<Row>(downloadSeries, values) ?? this.em.execute<Row[]>(downloadSeries, values));
    return rows.map(({ period, downloads, visitors }) => {
      return { period, downloads: Number(downloads), unique: Number(visitors) };
    });
  }

  /** Whether there is any that the sums do not hold yet. */
  async hasPending(): Promise<boolean> {
    return (await this.em.execute<object[]>(pendingDownloads)).length > 0;
  }
}

Download.setCustomRepository(() => DownloadRepository);
