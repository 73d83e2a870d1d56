import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Page } from '../../common/http/page.js';
import type { JsonObject } from '../../common/json.js';
import { Database } from '../../database/database.js';
import { actsAsAdmin, isBound, type Principal } from '../access/principal.js';
import { type Act, AuditLedger } from '../audit/audit-ledger.js';
import { GroupNotFound, MemberNotFound } from '../auth.errors.js';
import { UserLookup } from '../identity/user-lookup.js';
import { GroupMembersRepository } from './group-members.repository.js';
import type { CreateGroup, Group, GroupDetails, GroupList, GroupMemberPath, UpdateGroup } from './groups.dto.js';
import { GroupsRepository, type NamedGroup } from './groups.repository.js';

/** Groups: made and changed by admins; who belongs to one decides at once what its grants open. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly database: Database,
    private readonly groups: GroupsRepository,
    private readonly members: GroupMembersRepository,
    private readonly users: UserLookup,
    private readonly ledger: AuditLedger,
  ) {}

  /** For credentials that are meant for one owner or one prompt there are none. */
  async list(page: Page, me: Principal): Promise<GroupList> {
    return { items: isBound(me) ? [] : await this.groups.page(page), limit: page.limit, offset: page.offset };
  }

  /** @throws GroupNotFound */
  async get(id: string, page: Page, me: Principal): Promise<GroupDetails> {
    const found = isBound(me) ? undefined : await this.groups.find(id, me.userId);
    if (!found) throw GroupNotFound();
    const { is_member: isMember, ...group } = found;
    const seesMembers = isMember || actsAsAdmin(me);
    return seesMembers ? { ...group, members: await this.members.page(group.id, page) } : group;
  }

  /** @throws GroupExists */
  async create({ slug, name = slug, description }: CreateGroup, me: Principal): Promise<Group> {
    const created_at = new Date().toISOString();
    const group = { id: randomUUID(), slug, name, description, member_count: 0, created_at };
    await this.database.transaction(async () => {
      await this.groups.insert(group, me.userId);
      await this.record(me, 'group.create', group, { name, description });
    });
    return group;
  }

  /** @throws GroupNotFound */
  async update(id: string, change: UpdateGroup, me: Principal): Promise<Group> {
    return this.changing(id, async (group) => {
      const { name = group.name, description = group.description } = change;
      const updated = await this.groups.update({ id: group.id, name, description });
      if (!updated) throw GroupNotFound();
      const isChange = name !== group.name || description !== group.description;
      if (isChange) await this.record(me, 'group.update', group, { name, description });
      return updated;
    });
  }

  /** Grants to the group go with it. @throws GroupNotFound */
  async delete(id: string, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const grants = await this.groups.delete(group.id);
      await this.record(me, 'group.delete', group, { grants });
    });
  }

  /** Whoever is a member stays one. @throws GroupNotFound, UserNotFound */
  async addMember({ id, user }: GroupMemberPath, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const { id: userId, username } = await this.users.get(user);
      const isNew = await this.members.add(group.id, userId);
      if (isNew) await this.record(me, 'group.member.add', group, { user: username });
    });
  }

  /** @throws GroupNotFound, UserNotFound, MemberNotFound */
  async removeMember({ id, user }: GroupMemberPath, me: Principal): Promise<void> {
    await this.changing(id, async (group) => {
      const { id: userId, username } = await this.users.get(user);
      const wasMember = await this.members.remove(group.id, userId);
      if (!wasMember) throw MemberNotFound();
      await this.record(me, 'group.member.remove', group, { user: username });
    });
  }

  /** Changes one group while nobody else does, and all of it or nothing. */
  private changing<T>(id: string, change: (group: NamedGroup) => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      const group = await this.groups.lock(id);
      if (!group) throw GroupNotFound();
      return change(group);
    });
  }

  private record(me: Principal, action: Act['action'], { slug }: NamedGroup, details: JsonObject): Promise<void> {
    return this.ledger.record(me, { action, subject: slug, details });
  }
}
