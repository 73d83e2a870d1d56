import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import { slugOrId } from '../../auth/identity/owners.repository.js';
import { Database } from '../../database/database.js';
import { everybody, type Grantee } from './grant.js';

/** Whom somebody means to grant something, as they put it. */
export interface GranteeName {
  readonly principal_type: Grantee['principalType'];
  /** Slug, id or `*`. */
  readonly principal: string;
}

interface FoundRow {
  id: string;
  slug: string;
}

const statements = {
  user: {
    name: 'grantee-users',
    text: `select id, slug from owner where kind = 'user' and (slug = any ($1::text[]) or id = any ($2::uuid[]))`,
  },
  // Locked, so that no group goes while something is being granted to it.
  group: {
    name: 'grantee-groups',
    text: `select id, slug from user_group where slug = any ($1::text[]) or id = any ($2::uuid[])
           order by id for key share`,
  },
};

/** The users and groups behind names and ids. */
@Injectable()
export class GranteesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Who is meant by each name; undefined where it is nobody. In a transaction that changes a prompt, to be asked before
   * the prompt is locked: a deletion of a group locks in this order too.
   */
  async find(names: readonly GranteeName[]): Promise<(Grantee | undefined)[]> {
    const ids = { user: await this.idsOf('user', names), group: await this.idsOf('group', names) };
    return names.map(({ principal_type: principalType, principal }) => {
      if (principal === everybody) return principalType === 'user' ? { principalType, principalId: null } : undefined;
      const principalId = ids[principalType].get(foldAscii(principal));
      return principalId === undefined ? undefined : { principalType, principalId };
    });
  }

  /** Ids by slugs and by ids. */
  private async idsOf(type: keyof typeof statements, names: readonly GranteeName[]): Promise<Map<string, string>> {
    const asked = names
      .filter(({ principal_type, principal }) => principal_type === type && principal !== everybody)
      .map(({ principal }) => slugOrId(principal));
    if (asked.length === 0) return new Map();
    const present = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))];
    const values = [present(asked.map(([slug]) => slug)), present(asked.map(([, id]) => id))];
    const rows = await this.database.query<FoundRow>(statements[type], values);
    return new Map(rows.flatMap(({ id, slug }) => [[slug, id] as const, [id, id] as const]));
  }
}
