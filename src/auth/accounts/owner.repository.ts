import { EntityRepository } from '@mikro-orm/postgresql';
import { isStorableText, isUuid } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import { OwnerNotFound, UserNotFound } from '../auth.errors.js';
import type { Membership } from './membership.entity.js';
import { Owner } from './owner.entity.js';
import { ownerBySlugOrId, usersByNameOrId } from './owners.queries.js';

/** An owner with the caller's role in it. */
export interface OwnerWithRole extends Pick<Owner, 'id' | 'slug' | 'kind' | 'memberAccess'> {
  readonly memberRole: Membership['role'] | null;
}

/** A user as others name them. */
export interface NamedUser {
  readonly id: string;
  readonly username: string;
}

/** Namespaces, of users and of organizations. */
export class OwnerRepository extends EntityRepository<Owner> {
  /** Ids by slug. A slug is never given to another owner. */
  private readonly ids = new Map<string, string>();

  /** The id of the owner, by its slug or that id itself. The database is asked for it once. @throws OwnerNotFound */
  async idOf(owner: string): Promise<string> {
    const known = isUuid(owner) ? owner : this.ids.get(owner);
    if (known !== undefined) return known;
    const { id } = await this.get(owner);
    this.ids.set(owner, id);
    return id;
  }

  /** The owner by its slug or id, with the user's role in it. @throws OwnerNotFound */
  async get(owner: string, userId: string | null = null): Promise<OwnerWithRole> {
    const [found] = await this.em.execute<OwnerWithRole[]>(ownerBySlugOrId, [...slugOrId(owner), userId]);
    if (!found) throw OwnerNotFound();
    return found;
  }

  /** The user by name or id. @throws UserNotFound */
  async getUser(user: string): Promise<NamedUser> {
    const [slug, id] = slugOrId(user);
    const where = { kind: 'user', ...(slug === null ? { id } : { slug }) } as const;
    const owner = isStorableText(user) ? await this.findOne(where) : null;
    if (!owner) throw UserNotFound();
    return { id: owner.id, username: owner.slug };
  }

  /** The user of each of the names or ids, in their order; undefined for those without a user. */
  async findUsers(users: readonly string[]): Promise<(NamedUser | undefined)[]> {
    const requested = users.map((user) => (isStorableText(user) ? slugOrId(user) : ([null, null] as const)));
    const values = [requested.map(([slug]) => slug), requested.map(([, id]) => id)];
    const rows = await this.em.execute<(NamedUser & { position: number })[]>(usersByNameOrId, values);
    const found = new Map(rows.map(({ position, ...user }) => [position, user]));
    return users.map((_, index) => found.get(index + 1));
  }
}

Owner.setCustomRepository(() => OwnerRepository);
