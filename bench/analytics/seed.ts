// Creates prompts, and counted downloads of the last thirteen months, inside PostgreSQL.
import type pg from 'pg';

const promptCount = 1_000;
const versionCount = 3;
/** As many downloads as one commit holds when a few clients come at once. */
const perCommit = 20;
const dayCount = 390;

const prompts = `
  with person as (
    insert into owner (id, kind, slug) values (gen_random_uuid(), 'user', 'bench') returning id
  ), bench as (
    insert into account (id, email, password_hash, role) select id, 'bench', '', 'user' from person returning id
  )
  insert into prompt (id, owner_id, name, description, visibility, created_by)
  select md5('prompt' || n)::uuid, p.id, 'prompt-' || n, '', 'public', p.id
  from person p join bench using (id), generate_series(0, ${promptCount - 1}) n`;

const months = `
  do $$ declare month timestamp; first text;
  begin
    select inhrelid::regclass::text into first from pg_inherits
      where inhparent = 'download'::regclass and inhrelid::regclass::text like 'download_before_%';
    execute 'drop table ' || first;
    for i in 0..14 loop
      month := date_trunc('month', now() at time zone 'utc') - i * interval '1 month' + interval '1 month';
      execute format('create table %I partition of download for values from (%L) to (%L)',
        'download_' || to_char(month, 'YYYY_MM'), month at time zone 'utc', (month + interval '1 month') at time zone 'utc');
    end loop;
  end $$`;

// A few prompts have most downloads; oldest first, as they come.
const downloads = `
  insert into download (at, id, prompt_id, version_id, visitor, committed_by)
  select now() - interval '1 hour' - (1 - (n - $1::int)::float / $2::int) * interval '${dayCount} days', gen_random_uuid(),
    md5('prompt' || p)::uuid, md5('version' || p || '-' || n % ${versionCount})::uuid,
    decode(md5('visitor' || floor(random() * 1000000)), 'hex'), (1000 + n / ${perCommit})::text::xid8
  from generate_series($1::int, $1::int + $2::int - 1) n
  cross join lateral (select floor(${promptCount} * power(random(), 3) + 0 * n)::int) rank (p)`;

const days = `
  insert into download_day as t (scope_id, day, downloads, visitors)
  select scope_id, day, sum(n), count(*) from (
    select s.scope_id, (at at time zone 'utc')::date as day, visitor, count(*) as n
    from download cross join lateral (values (prompt_id), (version_id)) s (scope_id)
    where committed_by >= $1::xid8 group by 1, 2, 3) v
  group by 1, 2
  on conflict (scope_id, day) do update
    set downloads = t.downloads + excluded.downloads, visitors = t.visitors + excluded.visitors`;
const hours = `
  insert into download_hour as t (version_id, hour, downloads)
  select version_id, date_trunc('hour', at, 'utc'), count(*) from download where committed_by >= $1::xid8 group by 1, 2
  on conflict (version_id, hour) do update set downloads = t.downloads + excluded.downloads`;
const counts = `
  update prompt p set download_count = download_count + n
  from (select prompt_id, count(*) as n from download where committed_by >= $1::xid8 group by 1) c where p.id = c.prompt_id`;
const cursor = `update download_rollup set next_transaction = $1::xid8, next_hour_transaction = $1::xid8`;

/** Prompts without downloads, and a partition for each month. */
export async function seedPrompts(client: pg.Client): Promise<void> {
  await client.query(`set work_mem = '256MB'; set synchronous_commit = off`);
  for (const statement of [prompts, months]) await client.query(statement);
}

/** Adds counted downloads to the `present` ones that there are. */
export async function seedDownloads(client: pg.Client, present: number, more: number): Promise<void> {
  const from = String(1_000 + present / perCommit);
  await client.query(downloads, [present, more]);
  for (const statement of [days, hours, counts]) await client.query(statement, [from]);
  await client.query(cursor, [String(1_000 + (present + more) / perCommit)]);
  await client.query('vacuum analyze');
}

/** Ids of a prompt and its version by popularity, 0 first. */
export async function idsOf(client: pg.Client, prompt: number): Promise<{ promptId: string; versionId: string }> {
  const text = `select md5('prompt' || $1)::uuid as "promptId", md5('version' || $1 || '-0')::uuid as "versionId"`;
  const { rows } = await client.query<{ promptId: string; versionId: string }>(text, [String(prompt)]);
  if (!rows[0]) throw new Error('PostgreSQL did not answer');
  return rows[0];
}
