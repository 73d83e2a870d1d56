// By hand: deletes a batch and returns for each row which sums include it, in one snapshot.
export const deleteDownloads = `
  delete from download d using unnest($1::uuid[], $2::timestamptz[]) as r (id, at)
  where d.at = r.at and d.id = r.id
  returning d.prompt_id as "promptId", d.version_id as "versionId", d.at::text as at, d.visitor,
    d.committed_by < (select next_transaction from download_rollup) as "isInDays",
    d.committed_by < (select next_hour_transaction from download_rollup) as "isInHours"`;

// By hand: subtracts a batch from the sums in one statement. A visitor with another counted download on the same day
// remains counted.
export const subtractFromDays = `
  with gone as (
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
  from (select prompt_id, count(*) as n from gone group by prompt_id) c where p.id = c.prompt_id`;

// By hand: one statement for the days of all prompts and versions.
export const deleteEmptyDays = `
  delete from download_day where scope_id = any($1::uuid[] || $2::uuid[]) and downloads = 0`;

// By hand: counts a batch out of the sums in one statement.
export const subtractFromHours = `
  update download_hour t set downloads = t.downloads - c.n
  from (select version_id, date_trunc('hour', at, 'utc') as hour, count(*) as n
        from unnest($1::uuid[], $2::timestamptz[]) as g (version_id, at) group by 1, 2) c
  where t.version_id = c.version_id and t.hour = c.hour`;

// By hand: one statement for the hours of all versions.
export const deleteEmptyHours = 'delete from download_hour where version_id = any($1::uuid[]) and downloads = 0';
