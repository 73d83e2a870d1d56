import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/page.js';
import { isStorableText } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { slugOrId } from '../accounts/owners.repository.js';
import type { Organization } from './organizations.dto.js';

/** Whose organizations are listed, with the caller's role in each. */
export interface Listed {
  readonly userId: string;
  /** Every organization, also those without the user. */
  readonly all: boolean;
  /** Only this one. */
  readonly only: string | undefined;
}

const columns = 'o.id, o.slug, o.member_access, o.created_at, m.role';
const count = '(select count(*)::int from membership where organization_id = o.id) as member_count';

/** SQL: a page of organizations; members are counted of those on it and not of those before. */
const pageFrom = (tables: string) =>
  `select o.*, ${count} from (
     select ${columns} from ${tables} and ($2::uuid is null or o.id = $2) order by o.slug limit $3 offset $4
   ) o order by o.slug`;

const pageOfMember = {
  name: 'organization-page-of-member',
  text: pageFrom('membership m join owner o on o.id = m.organization_id where m.user_id = $1'),
};
const pageOfAll = {
  name: 'organization-page-of-all',
  text: pageFrom(`owner o left join membership m on m.organization_id = o.id and m.user_id = $1
                  where o.kind = 'organization'`),
};
const bySlugOrId = {
  name: 'organization',
  text: `select ${columns}, ${count}
         from owner o left join membership m on m.organization_id = o.id and m.user_id = $3
         where o.kind = 'organization' and (o.slug = $1 or o.id = $2)`,
};
// Weaker than what a deletion takes, so that those who only refer to the organization, as new prompts do, need not wait.
const lock = {
  name: 'lock-organization',
  text: `select id from owner where kind = 'organization' and (slug = $1 or id = $2) for no key update`,
};
// A name that is taken is waited for and leaves no row: one constraint for users and organizations, two answers.
const insert = {
  name: 'insert-organization',
  text: `insert into owner (id, kind, slug, member_access, created_at) values ($1, 'organization', $2, $3, $4)
         on conflict on constraint owner_slug_key do nothing returning id`,
};
const update = { name: 'update-organization', text: 'update owner set member_access = $2 where id = $1' };

/** Organizations, which are owners with members. */
@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  async page({ userId, all, only }: Listed, { limit, offset }: Page): Promise<Organization[]> {
    const statement = all ? pageOfAll : pageOfMember;
    const rows = await this.database.query<Organization>(statement, [userId, only ?? null, limit, offset]);
    return rows.map(withTime);
  }

  /** The organization by its slug or id, with the user's role. */
  async find(slug: string, userId: string): Promise<Organization | undefined> {
    if (!isStorableText(slug)) return undefined;
    return (await this.database.query<Organization>(bySlugOrId, [...slugOrId(slug), userId])).map(withTime)[0];
  }

  /** Locks the organization, if there is one: it and its members change one after the other. */
  async lock(slug: string): Promise<void> {
    if (isStorableText(slug)) await this.database.query(lock, slugOrId(slug));
  }

  /** Whether the slug was free. */
  async insert({ id, slug, member_access, created_at }: Organization): Promise<boolean> {
    const rows = await this.database.query(insert, [id, slug, member_access, created_at]);
    return rows.length > 0;
  }

  async update(id: string, memberAccess: Organization['member_access']): Promise<void> {
    await this.database.query(update, [id, memberAccess]);
  }
}

function withTime(row: Organization): Organization {
  return { ...row, created_at: toRfc3339(row.created_at) };
}
