import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Page } from '../../common/http/page.js';
import { actsAsAdmin, isBound, type Principal } from '../access/principal.js';
import { type Act, AuditLedger } from '../audit/audit-ledger.js';
import { GroupNotFound, MemberNotFound } from '../auth.errors.js';
import { Owner } from '../accounts/owner.entity.js';
import { OwnerRepository } from '../accounts/owner.repository.js';
import { Group as GroupEntity } from './group.entity.js';
import { GroupMember } from './group-member.entity.js';
import { GroupMemberRepository } from './group-member.repository.js';
import { GroupRepository } from './group.repository.js';
import type { CreateGroup, Group, GroupDetails, GroupList, GroupMemberPath, UpdateGroup } from './groups.dto.js';
import { toGroup } from './groups.mapper.js';

/** Groups: made and changed by admins; who belongs to one decides at once what its grants open. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(GroupEntity) private readonly groups: GroupRepository,
    @InjectRepository(GroupMember) private readonly members: GroupMemberRepository,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly ledger: AuditLedger,
  ) {}

  /** For credentials that are meant for one owner or one prompt there are none. */
  async list(page: Page, me: Principal): Promise<GroupList> {
    const groups = isBound(me) ? [] : await this.groups.page(page);
    return { items: groups.map(toGroup), limit: page.limit, offset: page.offset };
  }

  /** @throws GroupNotFound */
  async get(id: string, page: Page, me: Principal): Promise<GroupDetails> {
    const found = isBound(me) ? undefined : await this.groups.findForUser(id, me.userId);
    if (!found) throw GroupNotFound();
    const seesMembers = found.isMember || actsAsAdmin(me);
    return { ...toGroup(found), ...(seesMembers ? { members: await this.members.page(found.id, page) } : {}) };
  }

  /** @throws GroupExists */
  async create({ slug, name = slug, description }: CreateGroup, me: Principal): Promise<Group> {
    const group = { id: randomUUID(), slug, name, description, createdBy: me.userId, createdAt: new Date() };
    await this.em.transactional(async () => {
      this.groups.create(group);
      await this.record(me, 'group.create', group, { name, description });
    });
    return toGroup({ ...group, memberCount: 0 });
  }

  /** @throws GroupNotFound */
  async update(id: string, change: UpdateGroup, me: Principal): Promise<Group> {
    return this.changing(id, async (group) => {
      const { name = group.name, description = group.description } = change;
      const isChange = name !== group.name || description !== group.description;
      if (isChange) await this.record(me, 'group.update', group, { name, description });
      this.groups.assign(group, { name, description });
      return toGroup({ ...group, memberCount: await this.members.count({ groupId: group.id }) });
    });
  }

  /** Grants to the group go with it. @throws GroupNotFound */
  async delete(id: string, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const grants = await this.groups.deleteGrants(group.id);
      this.em.remove(group);
      await this.record(me, 'group.delete', group, { grants });
    });
  }

  /** A member stays one. @throws GroupNotFound, UserNotFound */
  async addMember({ id, user }: GroupMemberPath, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const { id: userId, username } = await this.owners.getUser(user);
      const isNew = await this.members.add(group.id, userId);
      if (isNew) await this.record(me, 'group.member.add', group, { user: username });
    });
  }

  /** @throws GroupNotFound, UserNotFound, MemberNotFound */
  async removeMember({ id, user }: GroupMemberPath, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const { id: userId, username } = await this.owners.getUser(user);
      const wasMember = await this.members.removeMember(group.id, userId);
      if (!wasMember) throw MemberNotFound();
      await this.record(me, 'group.member.remove', group, { user: username });
    });
  }

  /** Changes one group under its lock, and all of it or nothing. */
  private changing<T>(id: string, change: (group: GroupEntity) => Promise<T>): Promise<T> {
    return this.em.transactional(async () => {
      const group = await this.groups.lock(id);
      if (!group) throw GroupNotFound();
      return change(group);
    });
  }

  private record(
    me: Principal,
    action: Act['action'],
    { slug }: Pick<GroupEntity, 'slug'>,
    details: JsonObject,
  ): Promise<void> {
    return this.ledger.record(me, { action, subject: slug, details });
  }
}
