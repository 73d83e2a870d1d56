import { Injectable } from '@nestjs/common';
import { isBound, type Principal } from '../../../auth/access/principal.js';
import { GroupsRepository } from '../../../auth/groups/groups.repository.js';
import { UserDirectory } from '../../../auth/identity/user-directory.js';
import { profileImageUrl } from '../profile-image.js';
import { toSeconds } from '../seconds.js';
import type { FoundUsers, GroupModel, UserSearch } from './directory.dto.js';

const usersPerPage = 30;

/** Whom a prompt can be shared with; a key that is bound to an owner or a prompt learns of nobody besides. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly groups: GroupsRepository,
    private readonly directory: UserDirectory,
  ) {}

  async listGroups(me: Principal): Promise<GroupModel[]> {
    if (isBound(me)) return [];
    const groups = await this.groups.allByName();
    return groups.map(({ id, name, description, member_count, created_at }) => {
      return { id, name, description, member_count, created_at: toSeconds(created_at) };
    });
  }

  async searchUsers({ query: text, page }: UserSearch, me: Principal): Promise<FoundUsers> {
    if (me.boundPromptId !== undefined) return { users: [], total: 0 };
    const offset = (Math.max(page, 1) - 1) * usersPerPage;
    const { people, total } = await this.directory.search({ text, membersOf: me.boundOwnerId }, usersPerPage, offset);
    return { users: people.map((person) => ({ ...person, profile_image_url: profileImageUrl })), total };
  }
}
