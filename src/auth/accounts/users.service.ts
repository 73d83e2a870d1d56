import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isUuid } from '../../common/http/scalars.js';
import type { Principal } from '../access/principal.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { changesOf } from '../audit/changes.js';
import { LastAdmin, UserNotFound } from '../auth.errors.js';
import { Account, setPassword } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { hashPassword, newPassword } from './passwords.js';
import type { CreatedUser, CreateUser, UpdateUser, User, UserList, UserPage } from './users.dto.js';
import { toUser } from './users.mapper.js';

/** Users, which administrators create and change and which read their own account. */
@Injectable()
export class UsersService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Account) private readonly accounts: AccountRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws UserExists, EmailTaken */
  async create({ username, email, password, role }: CreateUser, caller: Principal): Promise<CreatedUser> {
    const initialPassword = password ?? newPassword();
    const account = { id: randomUUID(), email, role, passwordHash: await hashPassword(initialPassword) };
    await this.em.transactional(async () => {
      await this.accounts.add(account, username);
      await this.audit.record(caller, { action: 'user.create', subject: username, details: { role } });
    });
    const user = await this.get(account.id);
    return password === undefined ? { ...user, password: initialPassword } : user;
  }

  async list({ limit, offset }: UserPage): Promise<UserList> {
    const users = await this.accounts.page(limit, offset);
    return { items: users.map(toUser), limit, offset };
  }

  /** @throws UserNotFound */
  async get(id: string): Promise<User> {
    const user = isUuid(id) ? await this.accounts.findUser(id) : undefined;
    if (!user) throw UserNotFound();
    return toUser(user);
  }

  /** @throws UserNotFound, EmailTaken, LastAdmin */
  async update(id: string, change: UpdateUser, caller: Principal): Promise<User> {
    const { username: subject } = await this.get(id);
    const { email, password, role } = change;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    await this.em.transactional(async () => {
      if (role !== undefined && role !== 'admin') await this.assertAdminRemains(id);
      const account = await this.accounts.lock(id);
      if (!account) throw UserNotFound();
      const details = changesOf({ email: account.email, role: account.role }, change, ['role']);
      const isAdminChange = role !== undefined && (role === 'admin') !== (account.role === 'admin');
      account.email = email ?? account.email;
      account.role = role ?? account.role;
      if (passwordHash !== undefined) setPassword(account, passwordHash);
      if (isAdminChange) await this.accounts.setWorkspaceRole(id, account.role);
      if (details) await this.audit.record(caller, { action: 'user.update', subject, details });
    });
    return this.get(id);
  }

  /** Gives a user a new one-time password, which is returned; undefined if there is no such user. */
  async resetPassword(username: string): Promise<string | undefined> {
    const password = newPassword();
    const passwordHash = await hashPassword(password);
    return this.em.transactional(async () => {
      const account = await this.accounts.lockByName(username);
      if (!account) return undefined;
      setPassword(account, passwordHash);
      const { username: subject } = await this.get(account.id);
      await this.audit.record('command-line', { action: 'user.password', subject });
      return password;
    });
  }

  private async assertAdminRemains(id: string): Promise<void> {
    const admins = await this.accounts.lockAdmins();
    if (admins.length === 1 && admins[0]?.id === id) throw LastAdmin();
  }
}
