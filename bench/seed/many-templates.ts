import type { Client } from 'pg';

/** An organization with ten thousand templates, for the lists that are not paged. */
export const manyTemplatesOwner = 'many-templates';

/** Each has one revision of half a kilobyte, which production and version 1 point to; every tenth has settings. */
export async function seedManyTemplates(client: Client): Promise<void> {
  for (const statement of statements) await client.query(statement);
  await client.query('vacuum analyze');
}

const content = `repeat('Answer {{customer}} in a {{tone}} tone, and say where you are not sure. ', 6) || n`;

const statements = [
  `insert into owner (id, kind, slug, member_access) values (gen_random_uuid(), 'organization', '${manyTemplatesOwner}', 'read')`,
  `create temporary table many as
   select gen_random_uuid() as id, 'template-' || to_char(n, 'FM00000') as name, n,
     timestamptz '2026-01-01' + n * interval '1 minute' as at, (select id from owner where slug = 'user-0') as author_id
   from generate_series(0, 9999) n`,
  `insert into prompt (id, owner_id, name, title, description, visibility, tags, created_by, created_at, updated_at,
     revision_count)
   select id, (select id from owner where slug = '${manyTemplatesOwner}'), name, 'Title of ' || name, 'Answers customers.',
     'private', array['team:support', 'kind-' || n % 7], author_id, at, at, 1
   from many`,
  `insert into revision (
     id, prompt_id, number, digest, name, description, content, syntax, variables, declared_variables, settings, data,
     meta, tags, grants, commit_message, author_id, created_at
   )
   select gen_random_uuid(), id, 1, encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), name, 'Answers customers.',
     ${content}, 'braces', '[{"name": "customer", "required": true}, {"name": "tone", "required": true}]', 0,
     case when n % 10 = 0 then '{"integrations": ["openai:gpt-4o"], "temperature": 0.7}'::jsonb else '{}' end,
     '{}', '{}', '{}', '[]', '', author_id, at
   from many`,
  `insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
   select id, pointer, "integer", 1, at, author_id, at, author_id
   from many cross join (values ('production', null::int), ('1', 1)) pointers (pointer, "integer")`,
];
