import type { Client } from 'pg';

/**
 * Gives every prompt a history, and some a long one: ten versions, 25 revisions, two labels and five Conductor
 * versions. Half of those are public, half belong to the workspace. The digests are arbitrary, because no measured
 * request checks them.
 */
export async function seedHistory(client: Client, prompts: number): Promise<void> {
  const longOfEachKind = Math.max(1, Math.min(500, Math.floor(prompts / 40)));
  for (const statement of history) {
    await client.query(statement.replaceAll('LONG_OF_EACH_KIND', String(longOfEachKind)));
  }
  await client.query('vacuum analyze');
}

const paragraph = 'Answer {{customer}} in a {{tone}} tone, and say where you are not sure of what you tell. ';
const variables = JSON.stringify([
  { name: 'customer', required: true },
  { name: 'tone', required: true },
]);

const history = [
  `create temporary table kept as
   select p.*, row_number() over (partition by o.kind order by p.created_at, p.id) <= LONG_OF_EACH_KIND as is_long
   from prompt p join owner o on o.id = p.owner_id
   where o.slug = 'workspace' or (o.kind = 'user' and p.visibility = 'public')`,
  `insert into kept select *, false from prompt p where not exists (select from kept where kept.id = p.id)`,
  `create unique index kept_index on kept (id)`,
  `insert into revision (
     id, prompt_id, number, parent, digest, name, title, description, content, syntax, variables, declared_variables,
     settings, data, meta, tags, grants, commit_message, author_id, created_at
   )
   select gen_random_uuid(), p.id, n, nullif(n - 1, 0), encode(sha256(convert_to(p.id::text || n, 'UTF8')), 'hex'),
     p.name, null, p.description, repeat('${paragraph}', 1 + n % 3) || n, 'braces', '${variables}', 0,
     '{}', '{}', '{}', p.tags, '[]', 'Change ' || n, p.created_by, p.created_at + n * interval '1 minute'
   from kept p cross join lateral generate_series(1, case when p.is_long then 25 else 1 end) n`,
  // A prompt's newest revision is production; the newest integer points there too.
  `create temporary table pointer as
   select p.id as prompt_id, pointer.name, "integer", revision, p.created_at, p.created_by
   from kept p cross join lateral (
     select 'production' as name, null::int as "integer", case when p.is_long then 25 else 1 end as revision
     union all select 'staging', null, 24 where p.is_long
     union all select n::text, n, case when p.is_long then n * 5 else 1 end
       from generate_series(1, case when p.is_long then 5 else 1 end) n
   ) pointer`,
  `insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
   select prompt_id, name, "integer", revision, created_at, created_by, created_at, created_by from pointer`,
  `insert into label_move (prompt_id, label, to_revision, moved_at, moved_by, protocol)
   select prompt_id, name, revision, created_at, created_by, 'registry' from pointer`,
  `insert into version (
     id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by, created_at
   )
   select gen_random_uuid(), p.id, '1.0.' || n, 1, 0, n, concat_ws('/', p.owner_id, p.name, '1.0.' || n || '.tar.gz'),
     encode(sha256(convert_to(p.id::text || n, 'UTF8')), 'hex'), 1842,
     jsonb_build_object('name', p.name, 'version', '1.0.' || n), '[{"path": "prompt.md", "size": 120}]',
     p.created_by, p.created_at + n * interval '1 hour'
   from kept p cross join generate_series(0, 9) n where p.is_long`,
  `insert into release (prompt_id, version, major, minor, patch, revision)
   select prompt_id, version, major, minor, patch, patch + 1 from version`,
  `insert into published_name (owner_id, name, prompt_id) select owner_id, name, id from kept where is_long`,
  `update prompt p set revision_count = case when is_long then 25 else 1 end,
     latest_version = case when is_long then '1.0.9' end
   from kept k where k.id = p.id`,
  // Long lists of versions.
  `create temporary table listed as
   select gen_random_uuid() as id, id as owner_id, 'list-' || versions || '-' || to_char(n, 'FM00') as name, versions
   from owner cross join (values (100, 32), (1000, 8)) kinds (versions, prompts) cross join generate_series(1, prompts) n
   where slug = 'user-0'`,
  `insert into prompt (id, owner_id, name, description, visibility, created_by)
   select id, owner_id, name, 'Has many versions.', 'public', owner_id from listed`,
  `insert into version (
     id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by, created_at
   )
   select gen_random_uuid(), id, '1.0.' || n, 1, 0, n, concat_ws('/', owner_id, name, '1.0.' || n || '.tar.gz'),
     encode(sha256(convert_to(id::text || n, 'UTF8')), 'hex'), 1842, jsonb_build_object('name', name), '[]', owner_id,
     timestamptz '2026-01-01' + n * interval '1 hour'
   from listed cross join lateral generate_series(0, versions - 1) n`,
  // What uploads go to.
  `insert into prompt (id, owner_id, name, description, visibility, created_by)
   select gen_random_uuid(), id, 'upload-' || to_char(n, 'FM00'), 'Takes uploads.', 'public', id
   from owner cross join generate_series(0, 63) n where slug = 'user-0'`,
];
