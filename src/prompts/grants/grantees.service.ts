import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Owner } from '../../auth/accounts/owner.entity.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import { foldAscii } from '../../common/ascii.js';
import { allUsers, type Grantee } from './grant.js';
import { lockGroups } from './grants.queries.js';

/** A user or group as a caller names it. */
export interface GranteeName {
  readonly principalType: Grantee['principalType'];
  /** Slug, id or `*`. */
  readonly principal: string;
}

interface FoundGrantee {
  readonly id: string;
  readonly slug: string;
}

/** The users and groups behind names and ids. */
@Injectable()
export class GranteesService {
  constructor(private readonly em: EntityManager) {}

  /**
   * Who is meant by each name; undefined where it names no user or group. In a transaction that changes a prompt, to be
   * asked before the prompt is locked: a deletion of a group locks in this order too.
   */
  async find(names: readonly GranteeName[]): Promise<(Grantee | undefined)[]> {
    const ids = { user: await this.idsOf('user', names), group: await this.idsOf('group', names) };
    return names.map(({ principalType, principal }) => {
      if (principal === allUsers) return principalType === 'user' ? { principalType, principalId: null } : undefined;
      const principalId = ids[principalType].get(foldAscii(principal));
      return principalId === undefined ? undefined : { principalType, principalId };
    });
  }

  /** Ids by slugs and by ids. */
  private async idsOf(type: GranteeName['principalType'], names: readonly GranteeName[]): Promise<Map<string, string>> {
    const keys = names
      .filter(({ principalType, principal }) => principalType === type && principal !== allUsers)
      .map(({ principal }) => slugOrId(principal));
    if (keys.length === 0) return new Map();
    const distinct = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))];
    const [slugs, ids] = [distinct(keys.map(([slug]) => slug)), distinct(keys.map(([, id]) => id))];
    const found = type === 'user' ? await this.users(slugs, ids) : await this.lockedGroups(slugs, ids);
    return new Map(found.flatMap(({ id, slug }) => [[slug, id] as const, [id, id] as const]));
  }

  private users(slugs: string[], ids: string[]): Promise<FoundGrantee[]> {
    const isNamed = { $or: [{ slug: { $in: slugs } }, { id: { $in: ids } }] };
    return this.em.find(Owner, { kind: 'user', ...isNamed }, { disableIdentityMap: true });
  }

  /** Locked, so that no group is deleted while something is being granted to it. */
  private lockedGroups(slugs: string[], ids: string[]): Promise<FoundGrantee[]> {
    return this.em.execute<FoundGrantee[]>(lockGroups, [slugs, ids]);
  }
}
