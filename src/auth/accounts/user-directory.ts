import { Injectable } from '@nestjs/common';
import { UserNotFound } from '../auth.errors.js';
import { Database } from '../../database/database.js';
import type { Role } from './account.entity.js';

/** A user as others see them. */
export interface Person {
  readonly id: string;
  /** The user name, unless they have told another. */
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface PeopleSearch {
  /** Occurs in the name, the user name or the address, in whatever case. */
  readonly text: string;
  /** Only members of this organization. */
  readonly membersOf?: string | null | undefined;
}

const tables = 'account a join owner o on o.id = a.id';
const name = 'coalesce(a.name, o.slug)';
const columns = `a.id, ${name} as name, a.email, a.role`;
// Compared as it is, not as a pattern: no character in it means anything. Folded as search folds, and sorted by bytes: what
// lower() and an order mean otherwise depends on the locale that the database was made with.
const matches = `a.role <> 'pending' and (
  position(search_fold($1) in search_fold(a.email)) > 0 or position(search_fold($1) in o.slug) > 0
  or position(search_fold($1) in search_fold(a.name)) > 0)
  and ($2::uuid is null or exists (select from membership where organization_id = $2 and user_id = a.id))`;

const byId = { name: 'person', text: `select ${columns} from ${tables} where a.id = $1` };
const count = { name: 'person-count', text: `select count(*)::int as total from ${tables} where ${matches}` };
const page = {
  name: 'person-page',
  text: `select ${columns} from ${tables} where ${matches}
         order by search_fold(${name}) collate "C", a.id limit $3 offset $4`,
};

/** Who is here, for those who look for somebody to share with; without those who have not been let in. */
@Injectable()
export class UserDirectory {
  constructor(private readonly database: Database) {}

  /** Whoever it is, let in or not. @throws UserNotFound */
  async get(id: string): Promise<Person> {
    const [person] = await this.database.query<Person>(byId, [id]);
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
      this.database.query<Person>(page, [text, membersOf, limit, offset]),
      this.database.query<{ total: number }>(count, [text, membersOf]),
    ]);
    return { people, total: counted?.total ?? 0 };
  }
}
