import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

export interface DownloadRecord {
  readonly id: string;
  readonly at: Date;
  readonly versionId: string;
  readonly promptId: string;
  /** 16 bytes that stand for who it was. */
  readonly visitor: Buffer;
}

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

// Written by hand: the hottest write of the product, one statement for a whole batch.
const insert = {
  name: 'record-downloads',
  text: `insert into download (id, at, version_id, prompt_id, visitor)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::bytea[])`,
};

/** However far the roll-up is behind, no read looks at more single downloads. */
export const maxTailRows = 20_000;

// The sums by day, and the tail: what no roll-up has taken yet, by one snapshot. Of days before yesterday the visitors
// may be forgotten, so that what is recorded for those late waits for the roll-up. The order by transaction keeps every
// plan on that index.
export const series = {
  name: 'download-series',
  text: `with tail as (
           select (t.at at time zone 'utc')::date as day, t.visitor
           from (select at, prompt_id, version_id, visitor from download
                 where committed_by >= (select next_transaction from download_rollup)
                 order by committed_by limit ${maxTailRows}) t
           where t.prompt_id = $1 or t.version_id = $1
         ), counts as (
           select day, downloads, visitors from download_day where scope_id = $1 and day between $2::date and $3::date
           union all
           select t.day, count(*), count(distinct t.visitor) filter (where v.visitor is null)
           from tail t left join download_visitor v on v.scope_id = $1 and v.day = t.day and v.visitor = t.visitor
           where t.day between greatest($2::date, (now() at time zone 'utc')::date - 1) and $3::date
           group by t.day
         )
         select date_trunc($4, day)::date::text as period, sum(downloads)::text as downloads, sum(visitors)::text as visitors
         from counts group by 1 order by 1`,
};

/** Downloads as they are recorded, and as they are read. */
@Injectable()
export class DownloadsRepository {
  constructor(private readonly database: Database) {}

  async insert(records: readonly DownloadRecord[]): Promise<void> {
    await this.database.query(insert, [
      records.map(({ id }) => id),
      records.map(({ at }) => at.toISOString()),
      records.map(({ versionId }) => versionId),
      records.map(({ promptId }) => promptId),
      records.map(({ visitor }) => visitor),
    ]);
  }

  /** Sums per period of one prompt or one version (`scopeId`), oldest first; periods without downloads are left out. */
  async series(scopeId: string, { from, to, interval }: Period): Promise<PeriodCount[]> {
    type Row = { period: string; downloads: string; visitors: string };
    const rows = await this.database.query<Row>(series, [scopeId, from, to, interval]);
    return rows.map(({ period, downloads, visitors }) => {
      return { period, downloads: Number(downloads), unique: Number(visitors) };
    });
  }
}
