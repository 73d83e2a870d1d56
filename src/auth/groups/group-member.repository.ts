import { EntityRepository } from '@mikro-orm/postgresql';
import type { Page } from '../../common/http/page.js';
import type { Group } from './group.entity.js';
import { GroupMember } from './group-member.entity.js';
import { addGroupMember, groupsOfUser, memberPage, userInAnyGroup } from './groups.queries.js';

/** A member as the group's page shows it. */
export interface MemberRecord {
  readonly id: string;
  readonly username: string;
}

/** Who belongs to which group. */
export class GroupMemberRepository extends EntityRepository<GroupMember> {
  /** By user name. */
  page(groupId: string, { limit, offset }: Page): Promise<MemberRecord[]> {
    return this.em.execute<MemberRecord[]>(memberPage, [groupId, limit, offset]);
  }

  /** The groups that a user is in, by slug. */
  groupsOf(userId: string): Promise<Pick<Group, 'slug' | 'description'>[]> {
    return this.em.execute<Pick<Group, 'slug' | 'description'>[]>(groupsOfUser, [userId]);
  }

  /** Whether a user is in at least one of the groups with these slugs. */
  async isInAny(userId: string, slugs: readonly string[]): Promise<boolean> {
    return (await this.em.execute(userInAnyGroup, [userId, slugs])).length > 0;
  }

  /** Whether the user has become a member; false if the user was a member before. */
  async add(groupId: string, userId: string): Promise<boolean> {
    return (await this.em.execute(addGroupMember, [groupId, userId])).length > 0;
  }

  /** Whether the user was a member. */
  async removeMember(groupId: string, userId: string): Promise<boolean> {
    return (await this.nativeDelete({ groupId, userId })) > 0;
  }
}

GroupMember.setCustomRepository(() => GroupMemberRepository);
