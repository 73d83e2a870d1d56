import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { Account } from './account.entity.js';
import { Membership } from './membership.entity.js';
import { Owner, workspaceSlug } from './owner.entity.js';
import type { User } from './users.dto.js';

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly role: Account['role'];
  /** What others see; the user name, if left out. */
  readonly name?: string | null;
}

type UserRow = Omit<User, 'created_at'> & { created_at: string };

const select = `select a.id, o.slug as username, a.email, a.role, a.created_at
                from account a join owner o on o.id = a.id`;

const moveInWorkspace = {
  name: 'move-in-workspace',
  text: `update membership set role = $2
         where user_id = $1 and organization_id = (select id from owner where slug = $3)`,
};

/** Users with the owners that bear their names. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<User | undefined> {
    const rows = await this.database.query<UserRow>({ name: 'user', text: `${select} where a.id = $1` }, [id]);
    return rows.map(toUser)[0];
  }

  async page(limit: number, offset: number): Promise<User[]> {
    const text = `${select} order by a.created_at, a.id limit $1 offset $2`;
    const rows = await this.database.query<UserRow>({ name: 'user-page', text }, [limit, offset]);
    return rows.map(toUser);
  }

  /** The row itself, locked, so that password and role change one at a time. */
  lockAccount(id: string): Promise<Account | null> {
    return this.database.em.findOne(Account, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  async lockAccountByName(username: string): Promise<Account | null> {
    const owner = await this.database.em.findOne(Owner, { slug: foldAscii(username), kind: 'user' });
    return owner && this.lockAccount(owner.id);
  }

  async countAdmins(): Promise<number> {
    const rows = await this.database.query<{ id: string }>({
      text: `select id from account where role = 'admin' for update`,
    });
    return rows.length;
  }

  /** Gives a user whose role has changed the place in the workspace that goes with it. */
  async moveInWorkspace(id: string, role: Account['role']): Promise<void> {
    await this.database.query(moveInWorkspace, [id, workspaceRole(role), workspaceSlug]);
  }

  /** Stores a user: its owner, its account, and its place in the workspace. */
  async insert(account: NewAccount, username: string): Promise<void> {
    const { em } = this.database;
    const workspace = await em.findOneOrFail(Owner, { slug: workspaceSlug });
    em.create(Owner, { id: account.id, kind: 'user', slug: username });
    await em.flush();
    em.create(Account, account);
    await em.flush();
    em.create(Membership, { organizationId: workspace.id, userId: account.id, role: workspaceRole(account.role) });
    await em.flush();
  }
}

/** Admins own the workspace; who is one no more must not go on owning all that is in it. */
function workspaceRole(role: Account['role']): Membership['role'] {
  return role === 'admin' ? 'owner' : 'member';
}

function toUser(row: UserRow): User {
  return { ...row, created_at: toRfc3339(row.created_at) };
}
