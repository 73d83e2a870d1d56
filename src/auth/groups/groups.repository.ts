import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/page.js';
import { isStorableText } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { slugOrId } from '../identity/owners.repository.js';
import type { Group } from './groups.dto.js';

/** A group, and whether a certain user is in it. */
export interface GroupRecord extends Group {
  readonly is_member: boolean;
}

/** What of a group can change, with what it is known by. */
export type NamedGroup = Pick<Group, 'id' | 'slug' | 'name' | 'description'>;

const mostGroups = 1000;

const columns = `g.id, g.slug, g.name, g.description, g.created_at,
  (select count(*)::int from group_member where group_id = g.id) as member_count`;

// The limit stands inside, so that members are counted of the groups on the page and not of those before it.
const page = {
  name: 'group-page',
  text: `select ${columns} from (select * from user_group order by slug limit $1 offset $2) g order by slug`,
};
const allByName = {
  name: 'groups-by-name',
  text: `select ${columns} from (select * from user_group order by search_fold(name) collate "C", slug limit ${mostGroups}) g
         order by search_fold(name) collate "C", slug`,
};
const bySlugOrId = {
  name: 'group',
  text: `select ${columns}, exists (select from group_member where group_id = g.id and user_id = $3) as is_member
         from user_group g where g.slug = $1 or g.id = $2`,
};
const lock = {
  name: 'lock-group',
  text: 'select id, slug, name, description from user_group where slug = $1 or id = $2 for update',
};
const insert = {
  name: 'insert-group',
  text: `insert into user_group (id, slug, name, description, created_at, created_by) values ($1, $2, $3, $4, $5, $6)`,
};
const update = {
  name: 'update-group',
  text: `update user_group g set name = $2, description = $3 where id = $1 returning ${columns}`,
};
// Locked in the order in which a prompt's own grants are replaced, so that neither waits for the other in a circle.
const deleteGrants = {
  name: 'delete-grants-to-group',
  text: `delete from prompt_grant where id in (
           select id from prompt_grant where principal_type = 'group' and principal_id = $1
           order by prompt_id, permission for update)
         returning id`,
};
const deleteGroup = { name: 'delete-group', text: 'delete from user_group where id = $1' };

/** Groups of users, which prompts are granted to. */
@Injectable()
export class GroupsRepository {
  constructor(private readonly database: Database) {}

  async page({ limit, offset }: Page): Promise<Group[]> {
    return (await this.database.query<Group>(page, [limit, offset])).map(withTime);
  }

  /** All groups, up to a thousand, as people look for them. */
  async allByName(): Promise<Group[]> {
    return (await this.database.query<Group>(allByName)).map(withTime);
  }

  /** The group by its slug or id. */
  async find(group: string, userId: string): Promise<GroupRecord | undefined> {
    if (!isStorableText(group)) return undefined;
    return (await this.database.query<GroupRecord>(bySlugOrId, [...slugOrId(group), userId])).map(withTime)[0];
  }

  /** Locks the group by its slug or id: it changes, gets and loses members, and goes, one after the other. */
  async lock(group: string): Promise<NamedGroup | undefined> {
    if (!isStorableText(group)) return undefined;
    const [locked] = await this.database.query<NamedGroup>(lock, slugOrId(group));
    return locked;
  }

  /** @throws GroupExists */
  async insert({ id, slug, name, description, created_at }: Group, createdBy: string): Promise<void> {
    await this.database.query(insert, [id, slug, name, description, created_at, createdBy]);
  }

  /** The group as it is then. */
  async update({ id, name, description }: Omit<NamedGroup, 'slug'>): Promise<Group | undefined> {
    return (await this.database.query<Group>(update, [id, name, description])).map(withTime)[0];
  }

  /** Deletes the group with its memberships and every grant to it; gives how many grants there were. */
  async delete(id: string): Promise<number> {
    const grants = await this.database.query(deleteGrants, [id]);
    await this.database.query(deleteGroup, [id]);
    return grants.length;
  }
}

function withTime<Row extends Group>(row: Row): Row {
  return { ...row, created_at: toRfc3339(row.created_at) };
}
