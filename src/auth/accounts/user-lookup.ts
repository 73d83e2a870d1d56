import { Injectable } from '@nestjs/common';
import { isStorableText } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { UserNotFound } from '../auth.errors.js';
import { slugOrId } from './owners.repository.js';

/** A user as others name them. */
export interface NamedUser {
  readonly id: string;
  readonly username: string;
}

const byNameOrId = {
  name: 'user-by-name-or-id',
  text: `select id, slug as username from owner where kind = 'user' and (slug = $1 or id = $2)`,
};

const byNamesOrIds = {
  name: 'users-by-name-or-id',
  text: `select o.id, o.slug as username, wanted.place::int
         from unnest($1::text[], $2::uuid[]) with ordinality wanted (slug, id, place)
         join owner o on o.kind = 'user' and (o.slug = wanted.slug or o.id = wanted.id)`,
};

/** Finds the user whom a path names, by id or by user name. */
@Injectable()
export class UserLookup {
  constructor(private readonly database: Database) {}

  /** @throws UserNotFound */
  async get(user: string): Promise<NamedUser> {
    const [found] = isStorableText(user) ? await this.database.query<NamedUser>(byNameOrId, slugOrId(user)) : [];
    if (!found) throw UserNotFound();
    return found;
  }

  /** Of each of the names or ids its user, in their order; undefined where there is none. */
  async find(users: readonly string[]): Promise<(NamedUser | undefined)[]> {
    const wanted = users.map((user) => (isStorableText(user) ? slugOrId(user) : [null, null]));
    const values = [wanted.map(([slug]) => slug), wanted.map(([, id]) => id)];
    const rows = await this.database.query<NamedUser & { place: number }>(byNamesOrIds, values);
    const found = new Map(rows.map(({ place, ...user }) => [place, user]));
    return users.map((_, index) => found.get(index + 1));
  }
}
