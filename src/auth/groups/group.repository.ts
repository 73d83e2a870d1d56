import { LockMode } from '@mikro-orm/core';
import { EntityRepository } from '@mikro-orm/postgresql';
import type { Page } from '../../common/http/page.js';
import { isStorableText } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import { Group } from './group.entity.js';
import { deleteGrantsToGroup, groupBySlugOrId, groupPage, groupsByName } from './groups.queries.js';

/** A group as it is read: with the number of its members. */
export interface GroupRecord extends Pick<Group, 'id' | 'slug' | 'name' | 'description'> {
  readonly memberCount: number;
  readonly createdAt: Date | string;
}

/** Groups of users. */
export class GroupRepository extends EntityRepository<Group> {
  page({ limit, offset }: Page): Promise<GroupRecord[]> {
    return this.em.execute<GroupRecord[]>(groupPage, [limit, offset]);
  }

  /** All groups, up to a thousand, as people look for them. */
  allByName(): Promise<GroupRecord[]> {
    return this.em.execute<GroupRecord[]>(groupsByName);
  }

  /** The group by its slug or id, and whether the user is in it. */
  async findForUser(
    group: string,
    userId: string,
  ): Promise<(GroupRecord & { readonly isMember: boolean }) | undefined> {
    if (!isStorableText(group)) return undefined;
    const rows = await this.em.execute<(GroupRecord & { isMember: boolean })[]>(groupBySlugOrId, [
      ...slugOrId(group),
      userId,
    ]);
    return rows[0];
  }

  /** The group by its slug or id, locked: changes of it, of its members and its deletion come one after the other. */
  async lock(group: string): Promise<Group | null> {
    if (!isStorableText(group)) return null;
    const [slug, id] = slugOrId(group);
    return this.findOne(slug === null ? { id } : { slug }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** Deletes every grant to the group and gives how many there were. */
  async deleteGrants(id: string): Promise<number> {
    return (await this.em.execute(deleteGrantsToGroup, [id])).length;
  }
}

Group.setCustomRepository(() => GroupRepository);
