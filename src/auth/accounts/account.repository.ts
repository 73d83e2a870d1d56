import { LockMode } from '@mikro-orm/core';
import { EntityRepository } from '@mikro-orm/postgresql';
import { foldAscii } from '../../common/ascii.js';
import { UserNotFound } from '../auth.errors.js';
import { Account } from './account.entity.js';
import { accountById, accountPage, personById, personCount, personPage } from './accounts.queries.js';
import { Membership } from './membership.entity.js';
import { Owner, workspaceSlug } from './owner.entity.js';

/** A user as it is read: the account with the name that its owner bears. */
export interface UserRecord extends Pick<Account, 'id' | 'email' | 'role'> {
  readonly username: string;
  readonly createdAt: string;
}

/** A user as others see them. */
export interface Person extends Pick<Account, 'id' | 'email' | 'role'> {
  /** The display name, or the user name if no display name is set. */
  readonly name: string;
}

export interface PeopleSearch {
  /** Occurs in the name, the user name or the address; case is ignored. */
  readonly text: string;
  /** Only members of this organization. */
  readonly membersOf?: string | null | undefined;
}

export interface NewAccount extends Pick<Account, 'id' | 'email' | 'passwordHash' | 'role'> {
  /** The display name; the user name if it is left out. */
  readonly name?: string | null;
}

/** Accounts, with the owners that bear their names and their memberships in the workspace. */
export class AccountRepository extends EntityRepository<Account> {
  async findUser(id: string): Promise<UserRecord | undefined> {
    return (await this.em.execute<UserRecord[]>(accountById, [id]))[0];
  }

  /** Oldest first. */
  page(limit: number, offset: number): Promise<UserRecord[]> {
    return this.em.execute<UserRecord[]>(accountPage, [limit, offset]);
  }

  /** The user as others see them, also one whose account is pending. @throws UserNotFound */
  async getPerson(id: string): Promise<Person> {
    const [person] = await this.em.execute<Person[]>(personById, [id]);
    if (!person) throw UserNotFound();
    return person;
  }

  /** Users as others look for them, by name: without pending accounts. */
  async searchPeople(
    { text, membersOf = null }: PeopleSearch,
    limit: number,
    offset: number,
  ): Promise<{ people: Person[]; total: number }> {
    const [people, [counted]] = await Promise.all([
      this.em.execute<Person[]>(personPage, [text, membersOf, limit, offset]),
      this.em.execute<{ total: number }[]>(personCount, [text, membersOf]),
    ]);
    return { people, total: counted?.total ?? 0 };
  }

  /** Locks the account, so that password and role change one at a time. */
  lock(id: string): Promise<Account | null> {
    return this.findOne({ id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  async lockByName(username: string): Promise<Account | null> {
    const owner = await this.em.findOne(Owner, { slug: foldAscii(username), kind: 'user' });
    return owner && this.lock(owner.id);
  }

  lockAdmins(): Promise<Account[]> {
    return this.find({ role: 'admin' }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** Stores a user: its owner, its account and its membership in the workspace. */
  async add(account: NewAccount, username: string): Promise<void> {
    const workspace = await this.em.findOneOrFail(Owner, { slug: workspaceSlug });
    this.em.create(Owner, { id: account.id, kind: 'user', slug: username });
    await this.em.flush();
    this.create(account);
    await this.em.flush();
    this.em.create(Membership, {
      organizationId: workspace.id,
      userId: account.id,
      role: workspaceRole(account.role),
    });
  }

  /** Gives a user whose role has changed the corresponding role in the workspace. */
  async setWorkspaceRole(userId: string, role: Account['role']): Promise<void> {
    const { id: organizationId } = await this.em.findOneOrFail(Owner, { slug: workspaceSlug });
    await this.em.nativeUpdate(Membership, { organizationId, userId }, { role: workspaceRole(role) });
  }
}

Account.setCustomRepository(() => AccountRepository);

/** Admins own the workspace. A user who is an admin no longer must not go on owning all that is in it. */
function workspaceRole(role: Account['role']): Membership['role'] {
  return role === 'admin' ? 'owner' : 'member';
}
