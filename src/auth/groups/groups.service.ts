import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Page } from '../../common/http/page.js';
import { actsAsAdmin, isBound, type Principal } from '../access/principal.js';
import { type Act, AuditRecorder } from '../audit/audit-recorder.js';
import { GroupNotFound, MemberNotFound } from '../auth.errors.js';
import { Owner } from '../accounts/owner.entity.js';
import { OwnerRepository } from '../accounts/owner.repository.js';
import { Group as GroupEntity } from './group.entity.js';
import { GroupMember } from './group-member.entity.js';
import { GroupMemberRepository } from './group-member.repository.js';
import { GroupRepository } from './group.repository.js';
import type { CreateGroup, Group, GroupDetails, GroupList, GroupMemberPath, UpdateGroup } from './groups.dto.js';
import { toGroup } from './groups.mapper.js';

/** Groups, which administrators create and change. A change of members takes effect on grants at once. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(GroupEntity) private readonly groups: GroupRepository,
    @InjectRepository(GroupMember) private readonly members: GroupMemberRepository,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** Empty for credentials that are bound to one owner or one prompt. */
  async list(page: Page, caller: Principal): Promise<GroupList> {
    const groups = isBound(caller) ? [] : await this.groups.page(page);
    return { items: groups.map(toGroup), limit: page.limit, offset: page.offset };
  }

  /** @throws GroupNotFound */
  async get(id: string, page: Page, caller: Principal): Promise<GroupDetails> {
    const found = isBound(caller) ? undefined : await this.groups.findForUser(id, caller.userId);
    if (!found) throw GroupNotFound();
    const canSeeMembers = found.isMember || actsAsAdmin(caller);
    return { ...toGroup(found), ...(canSeeMembers ? { members: await this.members.page(found.id, page) } : {}) };
  }

  /** @throws GroupExists */
  async create({ slug, name = slug, description }: CreateGroup, caller: Principal): Promise<Group> {
    const group = { id: randomUUID(), slug, name, description, createdBy: caller.userId, createdAt: new Date() };
    await this.em.transactional(async () => {
      this.groups.create(group);
      await this.record(caller, 'group.create', group, { name, description });
    });
    return toGroup({ ...group, memberCount: 0 });
  }

  /** @throws GroupNotFound */
  async update(id: string, change: UpdateGroup, caller: Principal): Promise<Group> {
    return this.withLockedGroup(id, async (group) => {
      const { name = group.name, description = group.description } = change;
      const isChange = name !== group.name || description !== group.description;
      if (isChange) await this.record(caller, 'group.update', group, { name, description });
      this.groups.assign(group, { name, description });
      return toGroup({ ...group, memberCount: await this.members.count({ groupId: group.id }) });
    });
  }

  /** Grants to the group go with it. @throws GroupNotFound */
  async delete(id: string, caller: Principal): Promise<void> {
    await this.withLockedGroup(id, async (group) => {
      const grants = await this.groups.deleteGrants(group.id);
      this.em.remove(group);
      await this.record(caller, 'group.delete', group, { grants });
    });
  }

  /** Does nothing if the user is a member already. @throws GroupNotFound, UserNotFound */
  async addMember({ id, user }: GroupMemberPath, caller: Principal): Promise<void> {
    await this.withLockedGroup(id, async (group) => {
      const { id: userId, username } = await this.owners.getUser(user);
      const isNew = await this.members.add(group.id, userId);
      if (isNew) await this.record(caller, 'group.member.add', group, { user: username });
    });
  }

  /** @throws GroupNotFound, UserNotFound, MemberNotFound */
  async removeMember({ id, user }: GroupMemberPath, caller: Principal): Promise<void> {
    await this.withLockedGroup(id, async (group) => {
      const { id: userId, username } = await this.owners.getUser(user);
      const wasMember = await this.members.removeMember(group.id, userId);
      if (!wasMember) throw MemberNotFound();
      await this.record(caller, 'group.member.remove', group, { user: username });
    });
  }

  /** Changes one group under its lock, and all of it or nothing. */
  private withLockedGroup<T>(id: string, change: (group: GroupEntity) => Promise<T>): Promise<T> {
    return this.em.transactional(async () => {
      const group = await this.groups.lock(id);
      if (!group) throw GroupNotFound();
      return change(group);
    });
  }

  private record(
    caller: Principal,
    action: Act['action'],
    { slug }: Pick<GroupEntity, 'slug'>,
    details: JsonObject,
  ): Promise<void> {
    return this.audit.record(caller, { action, subject: slug, details });
  }
}
