import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { isBound, type Principal } from '../../../auth/access/principal.js';
import { Group } from '../../../auth/groups/group.entity.js';
import { GroupRepository } from '../../../auth/groups/group.repository.js';
import { Account } from '../../../auth/accounts/account.entity.js';
import { AccountRepository } from '../../../auth/accounts/account.repository.js';
import { profileImageUrl } from '../profile-image.js';
import { toSeconds } from '../seconds.js';
import type { FoundUsers, GroupModel, UserSearch } from './directory.dto.js';

const usersPerPage = 30;

/**
 * The users and groups with whom a prompt can be shared. A key that is bound to an owner or a prompt sees no others.
 */
@Injectable()
export class DirectoryService {
  constructor(
    @InjectRepository(Group) private readonly groups: GroupRepository,
    @InjectRepository(Account) private readonly accounts: AccountRepository,
  ) {}

  async listGroups(caller: Principal): Promise<GroupModel[]> {
    if (isBound(caller)) return [];
    const groups = await this.groups.allByName();
    return groups.map(({ id, name, description, memberCount, createdAt }) => {
      return { id, name, description, member_count: memberCount, created_at: toSeconds(createdAt) };
    });
  }

  async searchUsers({ query: text, page }: UserSearch, caller: Principal): Promise<FoundUsers> {
    if (caller.boundPromptId !== undefined) return { users: [], total: 0 };
    const offset = (Math.max(page, 1) - 1) * usersPerPage;
    const { people, total } = await this.accounts.searchPeople(
      { text, membersOf: caller.boundOwnerId },
      usersPerPage,
      offset,
    );
    return { users: people.map((person) => ({ ...person, profile_image_url: profileImageUrl })), total };
  }
}
