import { Injectable } from '@nestjs/common';
import { GroupsRepository } from '../../../auth/groups/groups.repository.js';
import { UserDirectory } from '../../../auth/identity/user-directory.js';
import { profileImageUrl } from '../profile-image.js';
import { toSeconds } from '../seconds.js';
import type { FoundUsers, GroupModel, UserSearch } from './directory.dto.js';

const usersPerPage = 30;

/** Whom a prompt can be shared with. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly groups: GroupsRepository,
    private readonly directory: UserDirectory,
  ) {}

  async listGroups(): Promise<GroupModel[]> {
    const groups = await this.groups.allByName();
    return groups.map(({ id, name, description, member_count, created_at }) => {
      return { id, name, description, member_count, created_at: toSeconds(created_at) };
    });
  }

  async searchUsers({ query, page }: UserSearch): Promise<FoundUsers> {
    const offset = (Math.max(page, 1) - 1) * usersPerPage;
    const { people, total } = await this.directory.search(query, usersPerPage, offset);
    return { users: people.map((person) => ({ ...person, profile_image_url: profileImageUrl })), total };
  }
}
