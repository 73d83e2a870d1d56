import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/page.js';
import { Database } from '../../database/database.js';
import type { Group, GroupMember } from './groups.dto.js';

const mostGroupsOfUser = 1000;

// Without a name, so that it is planned for this very group: a small one is sorted, a large one walked by user name.
const page = {
  text: `select u.id, u.slug as username from group_member m join owner u on u.id = m.user_id
         where m.group_id = $1 order by u.slug limit $2 offset $3`,
};
const groupsOfUser = {
  name: 'groups-of-user',
  text: `select g.slug, g.description from group_member m join user_group g on g.id = m.group_id
         where m.user_id = $1 order by g.slug limit ${mostGroupsOfUser}`,
};
const isInAny = {
  name: 'user-in-any-group',
  text: `select from group_member m join user_group g on g.id = m.group_id
         where m.user_id = $1 and g.slug = any($2) limit 1`,
};
const insert = {
  name: 'insert-group-member',
  text: 'insert into group_member (group_id, user_id) values ($1, $2) on conflict do nothing returning user_id',
};
const remove = {
  name: 'delete-group-member',
  text: 'delete from group_member where group_id = $1 and user_id = $2 returning user_id',
};

/** Who belongs to which group. */
@Injectable()
export class GroupMembersRepository {
  constructor(private readonly database: Database) {}

  /** By user name. */
  page(groupId: string, { limit, offset }: Page): Promise<GroupMember[]> {
    return this.database.query<GroupMember>(page, [groupId, limit, offset]);
  }

  /** The groups that a user is in, by slug. */
  groupsOf(userId: string): Promise<Pick<Group, 'slug' | 'description'>[]> {
    return this.database.query<Pick<Group, 'slug' | 'description'>>(groupsOfUser, [userId]);
  }

  /** Whether a user is in at least one of the groups with these slugs. */
  async isInAny(userId: string, slugs: readonly string[]): Promise<boolean> {
    const memberships = await this.database.query(isInAny, [userId, slugs]);
    return memberships.length > 0;
  }

  /** Whether this made them a member; false if they were one. */
  async add(groupId: string, userId: string): Promise<boolean> {
    const added = await this.database.query(insert, [groupId, userId]);
    return added.length > 0;
  }

  /** Whether they were a member. */
  async remove(groupId: string, userId: string): Promise<boolean> {
    const removed = await this.database.query(remove, [groupId, userId]);
    return removed.length > 0;
  }
}
