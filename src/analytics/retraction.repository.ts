import { Injectable } from '@nestjs/common';
import type { DownloadRecord } from './downloads.repository.js';
import { RollUpLock } from './roll-up-lock.js';

interface RemovedDownload {
  readonly promptId: string;
  readonly versionId: string;
  readonly at: string;
  readonly visitor: Buffer;
  readonly isInDays: boolean;
  readonly isInHours: boolean;
}

const deleteDownloads = {
  text: `delete from download d using unnest($1::uuid[], $2::timestamptz[]) as r (id, at)
         where d.at = r.at and d.id = r.id
         returning d.prompt_id as "promptId", d.version_id as "versionId", d.at::text as at, d.visitor,
           d.committed_by < (select next_transaction from download_rollup) as "isInDays",
           d.committed_by < (select next_hour_transaction from download_rollup) as "isInHours"`,
};
// A visitor stays counted who is in another counted download of the same day.
const subtractFromDays = {
  text: `with gone as (
           select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bytea[]) as g (prompt_id, version_id, at, visitor)
         ), scoped as (
           select s.scope_id, (at at time zone 'utc')::date as day, visitor
           from gone cross join lateral (values (prompt_id), (version_id)) s (scope_id)
         ), kept as (
           select s.scope_id, t.day, d.visitor
           from (select distinct day from scoped) t
           join download d on d.at >= t.day::timestamp at time zone 'utc' and d.at < (t.day + 1)::timestamp at time zone 'utc'
           cross join lateral (values (d.prompt_id), (d.version_id)) s (scope_id)
           where d.visitor = any($4::bytea[]) and d.committed_by < (select next_transaction from download_rollup)
         ), lost as (
           select scope_id, day, visitor from scoped except select scope_id, day, visitor from kept
         ), forgotten as (
           delete from download_visitor v using lost l
           where v.scope_id = l.scope_id and v.day = l.day and v.visitor = l.visitor
         ), sums as (
           select c.scope_id, c.day, c.downloads, coalesce(l.visitors, 0) as visitors
           from (select scope_id, day, count(*) as downloads from scoped group by 1, 2) c
           left join (select scope_id, day, count(*) as visitors from lost group by 1, 2) l
             on l.scope_id = c.scope_id and l.day = c.day
         ), days as (
           update download_day t set downloads = t.downloads - s.downloads, visitors = t.visitors - s.visitors
           from sums s where t.scope_id = s.scope_id and t.day = s.day
         )
         update prompt p set download_count = p.download_count - c.n
         from (select prompt_id, count(*) as n from gone group by prompt_id) c where p.id = c.prompt_id`,
};
const deleteEmptyDays = {
  text: 'delete from download_day where scope_id = any($1::uuid[] || $2::uuid[]) and downloads = 0',
};
const subtractFromHours = {
  text: `update download_hour t set downloads = t.downloads - c.n
         from (select version_id, date_trunc('hour', at, 'utc') as hour, count(*) as n
               from unnest($1::uuid[], $2::timestamptz[]) as g (version_id, at) group by 1, 2) c
         where t.version_id = c.version_id and t.hour = c.hour`,
};
const deleteEmptyHours = { text: 'delete from download_hour where version_id = any($1::uuid[]) and downloads = 0' };

/** Takes recorded downloads back as if they had never been made. */
@Injectable()
export class RetractionRepository {
  constructor(private readonly lock: RollUpLock) {}

  /** Records that are not there are none of its concern; what the sums hold of the others is counted out again. */
  async retract(records: readonly DownloadRecord[]): Promise<void> {
    const values = [records.map(({ id }) => id), records.map(({ at }) => at.toISOString())];
    // A roll-up that has counted a record without having committed yet would make it look uncounted.
    await this.lock.run(async (query) => {
      const removed = await query<RemovedDownload>(deleteDownloads, values);
      const inDays = columns(removed.filter(({ isInDays }) => isInDays));
      const inHours = columns(removed.filter(({ isInHours }) => isInHours));
      if (inDays.at.length > 0) {
        await query(subtractFromDays, [inDays.promptIds, inDays.versionIds, inDays.at, inDays.visitors]);
        await query(deleteEmptyDays, [inDays.promptIds, inDays.versionIds]);
      }
      if (inHours.at.length > 0) {
        await query(subtractFromHours, [inHours.versionIds, inHours.at]);
        await query(deleteEmptyHours, [inHours.versionIds]);
      }
    });
  }
}

function columns(removed: readonly RemovedDownload[]) {
  return {
    promptIds: removed.map(({ promptId }) => promptId),
    versionIds: removed.map(({ versionId }) => versionId),
    at: removed.map(({ at }) => at),
    visitors: removed.map(({ visitor }) => visitor),
  };
}
