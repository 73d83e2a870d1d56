import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../../database/database.js';
import { isUuid } from '../../common/http/scalars.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { changesOf } from '../audit/changes.js';
import { LastAdmin, UserNotFound, WrongPassword } from '../auth.errors.js';
import { LoginAddressesRepository } from '../credentials/logins/login-addresses.repository.js';
import { LoginLimiter } from '../credentials/logins/login-limiter.js';
import { hashPassword, newPassword, passwordMatches } from '../credentials/passwords.js';
import type { ChangePassword, CreatedUser, CreateUser, UpdateUser, User, UserList, UserPage } from './users.dto.js';
import { UsersRepository } from './users.repository.js';

/** Users: made and changed by admins, read by themselves. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly limiter: LoginLimiter,
    private readonly addresses: LoginAddressesRepository,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws UserExists, EmailTaken */
  async create({ username, email, password, role }: CreateUser, me: Principal): Promise<CreatedUser> {
    const initial = password ?? newPassword();
    const account = { id: randomUUID(), email, role, passwordHash: await hashPassword(initial) };
    await this.database.transaction(async () => {
      await this.users.insert(account, username);
      await this.audit.record(me, { action: 'user.create', subject: username, details: { role } });
    });
    const user = await this.get(account.id);
    return password === undefined ? { ...user, password: initial } : user;
  }

  async list({ limit, offset }: UserPage): Promise<UserList> {
    return { items: await this.users.page(limit, offset), limit, offset };
  }

  /** @throws UserNotFound */
  async get(id: string): Promise<User> {
    const user = isUuid(id) ? await this.users.find(id) : undefined;
    if (!user) throw UserNotFound();
    return user;
  }

  /** @throws UserNotFound, EmailTaken, LastAdmin */
  async update(id: string, change: UpdateUser, me: Principal): Promise<User> {
    const { username: subject } = await this.get(id);
    const { email, password, role } = change;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    await this.database.transaction(async () => {
      if (role !== undefined && role !== 'admin') await this.keepAnAdmin(id);
      const account = await this.users.lockAccount(id);
      if (!account) throw UserNotFound();
      const details = changesOf({ email: account.email, role: account.role }, change, ['role']);
      const isAdminChange = role !== undefined && (role === 'admin') !== (account.role === 'admin');
      account.email = email ?? account.email;
      account.role = role ?? account.role;
      if (passwordHash !== undefined) setPassword(account, passwordHash);
      if (isAdminChange) await this.users.moveInWorkspace(id, account.role);
      if (details) await this.audit.record(me, { action: 'user.update', subject, details });
    });
    return this.get(id);
  }

  /** Changes one's own password; every session of the old one ends. @throws WrongPassword, TooManyLogins */
  async changePassword(me: Principal, change: ChangePassword, address: string): Promise<void> {
    const { userId, username: subject } = me;
    const passwordHash = await hashPassword(change.new_password);
    // A wrong current password is a guess like one at the log-in.
    const isKnownAddress = await this.addresses.isKnown(userId, address);
    await this.limiter.attempt({ account: userId, address, isKnownAddress }, () =>
      this.database.transaction(async () => {
        const account = await this.users.lockAccount(userId);
        const matches = await passwordMatches(change.current_password, account?.passwordHash);
        if (!matches || !account) throw WrongPassword();
        setPassword(account, passwordHash);
        await this.audit.record(me, { action: 'user.password', subject });
      }),
    );
    await this.limiter.remember(userId, address);
  }

  /** Gives a user a new one-time password from the command line, which is returned; undefined if there is no such user. */
  async resetPassword(username: string): Promise<string | undefined> {
    const password = newPassword();
    const passwordHash = await hashPassword(password);
    return this.database.transaction(async () => {
      const account = await this.users.lockAccountByName(username);
      if (!account) return undefined;
      setPassword(account, passwordHash);
      const { username: subject } = await this.get(account.id);
      await this.audit.record('command-line', { action: 'user.password', subject });
      return password;
    });
  }

  private async keepAnAdmin(id: string): Promise<void> {
    const admins = await this.users.countAdmins();
    const { role } = await this.get(id);
    if (role === 'admin' && admins === 1) throw LastAdmin();
  }
}

function setPassword(account: { passwordHash: string; passwordVersion: number }, passwordHash: string): void {
  account.passwordHash = passwordHash;
  account.passwordVersion += 1;
}
