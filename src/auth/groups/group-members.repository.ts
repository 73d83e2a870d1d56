import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

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
