import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { UserNotFound } from '../auth.errors.js';
import type { Account } from './account.entity.js';
import { personById, personCount, personPage } from './accounts.queries.js';

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

/** Users as others look for them, to share something with them: without pending accounts. */
@Injectable()
export class UserDirectoryRepository {
  constructor(private readonly em: EntityManager) {}

  /** The user, also one whose account is pending. @throws UserNotFound */
  async get(id: string): Promise<Person> {
    const [person] = await this.em.execute<Person[]>(personById, [id]);
    if (!person) throw UserNotFound();
    return person;
  }

  /** By name. */
  async search(
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
}
