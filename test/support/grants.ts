import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { TestUser } from './users.js';
import type { TestServer } from './test-server.js';

type Queryable = Pick<ClientBase | Pool, 'query'>;

export interface TestGroup {
  readonly id: string;
  readonly slug: string;
}

/** A group of users of the server. */
export async function aGroup(server: TestServer, members: readonly Pick<TestUser, 'id'>[]): Promise<TestGroup> {
  const id = randomUUID();
  const userIds = members.map((member) => member.id);
  return insertGroup(server.database.pool, id, userIds);
}

/** Inserts a group with its members into the database. */
export async function insertGroup(database: Queryable, id: string, userIds: readonly string[]): Promise<TestGroup> {
  const slug = `group-${id.slice(-12)}`;
  await database.query(
    `insert into user_group (id, slug, name, description, created_by, created_at)
     select $1, $2, $2, '', id, now() from account limit 1`,
    [id, slug],
  );
  await database.query('insert into group_member select $1, unnest($2::uuid[])', [id, userIds]);
  return { id, slug };
}

/** Grants prompts to a user or a group, or to all users without one, in addition to existing grants. */
export async function grantTo(
  database: Queryable,
  principal: string | null,
  permission: 'read' | 'write',
  promptIds: readonly string[],
): Promise<void> {
  await database.query(
    `insert into prompt_grant (id, prompt_id, principal_type, principal_id, permission, created_at)
     select gen_random_uuid(), prompt_id,
       case when exists (select from user_group where id = $1) then 'group' else 'user' end, $1, $2, now()
     from unnest($3::uuid[]) prompt_id`,
    [principal, permission, promptIds],
  );
  await database.query('select refresh_prompt_readers($1)', [promptIds]);
}
