import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type Guarded, isAllowed } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import type { Role } from '../../auth/accounts/account.entity.js';
import { type GuardedRow, toGuarded } from '../../prompts/guarded-prompt.queries.js';
import { PromptReadCache, type ReadPrompt } from '../../prompts/prompt-read-cache.js';
import { namedByText } from '../../prompts/search/parameters.js';
import { VisibilityScopesService } from '../../prompts/search/visibility-scopes.service.js';
import { restrictToOwner } from '../../prompts/search/visibility-scope.queries.js';
import type { LivePrompt } from './live-prompt.js';
import { type LiveFilter, type LiveOrder, type Sql, pageStatement, tagsStatement } from './live-prompt-list.queries.js';
import { livePromptPage } from './live-prompts.queries.js';

/** A live prompt with its creator, and the columns of the access policy. */
export interface ListedPrompt extends LivePrompt {
  readonly authorName: string;
  readonly authorRole: Role;
  readonly authorEmail: string;
  readonly guarded: Guarded;
}

/**
 * The ids of prompts in order. The prompts themselves are read page by page, so that a long list takes little memory.
 */
export interface PromptStretch {
  /** The total number, also beyond this page. */
  readonly total: number;
  readonly ids: readonly string[];
}

export interface PromptPage {
  readonly prompts: readonly ListedPrompt[];
  /** Ids of those that come after, and at most how many of them the next page has. */
  readonly rest: readonly string[];
  readonly nextRows: number;
}

type Row = Omit<ListedPrompt, 'guarded'> & GuardedRow & { readonly place: number };

/** The first page is small, so that an answer begins soon; each is twice as long as the one before, up to a limit. */
const firstPageRows = 50;
const maxPageRows = 600;

/** Reads the live prompts of one owner, as far as a caller may read them. */
@Injectable()
export class LivePromptListReader {
  constructor(
    private readonly em: EntityManager,
    private readonly readable: VisibilityScopesService,
    private readonly reads: PromptReadCache,
  ) {}

  /** Those from `offset` on, at most `limit`, if it is given. */
  async find(
    ownerId: string,
    caller: Principal,
    filter: LiveFilter,
    order: LiveOrder,
    { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<PromptStretch> {
    const scopes = restrictToOwner(await this.readable.of(caller), ownerId);
    const statement = pageStatement({ ownerId, scopes, filter }, order, limit ?? null, offset);
    const [found] = await this.rows<{ total: number; ids: Buffer }>(statement);
    return { total: found?.total ?? 0, ids: found ? toIds(found.ids) : [] };
  }

  /** The first of the prompts, without those that have been deleted or that the caller may no longer read. */
  async page(ids: readonly string[], caller: Principal, maxRows = firstPageRows): Promise<PromptPage> {
    const requested = ids.slice(0, maxRows);
    const rows = await this.rowsOf(requested, caller);
    const prompts = rows.map((row) => Object.assign(row, { guarded: toGuarded(row) }));
    return {
      prompts: prompts.filter(({ guarded }) => isAllowed(caller, 'read', guarded)),
      rest: ids.slice(rows.at(-1)?.place ?? requested.length),
      nextRows: Math.min(2 * maxRows, maxPageRows),
    };
  }

  /**
   * The same prompts as JSON, which stays in memory until they change; undefined for more text than a page has.
   * `toJson` is always the same.
   */
  async asJson(
    ids: readonly string[],
    caller: Principal,
    toJson: (prompt: ListedPrompt) => string,
  ): Promise<ReadPrompt[] | undefined> {
    const found = new Map(ids.map((id) => [id, this.reads.cached(keyOf(id), caller)]));
    const missing = ids.filter((id) => !found.get(id));
    const since = this.reads.now;
    const rows = await this.rowsOf(missing, caller);
    if ((rows.at(-1)?.place ?? missing.length) < missing.length) return undefined;
    for (const row of rows) {
      const id = row.id.replaceAll('-', '');
      const guarded = toGuarded(row);
      const json = Buffer.from(toJson({ ...row, guarded }));
      found.set(id, this.reads.store(keyOf(id), { guarded, json }, caller, since));
    }
    return [...found.values()].flatMap((read) => (read && isAllowed(caller, 'read', read.guarded) ? [read] : []));
  }

  /** Every tag of theirs, by code point. */
  async tags(ownerId: string, caller: Principal, filter: LiveFilter): Promise<string[]> {
    const scopes = restrictToOwner(await this.readable.of(caller), ownerId);
    const rows = await this.rows<{ tag: string }>(tagsStatement({ ownerId, scopes, filter }));
    return rows.map(({ tag }) => tag);
  }

  private async rowsOf(ids: readonly string[], { userId }: Principal): Promise<Row[]> {
    return ids.length > 0 ? this.em.execute<Row[]>(livePromptPage, [userId, ids]) : [];
  }

  private rows<Found extends object>({ text, values }: Sql): Promise<Found[]> {
    return this.em.execute<Found[]>(namedByText(text), [...values]);
  }
}

function keyOf(id: string): string {
  return `listed ${id}`;
}

function toIds(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString('hex', i * 16, i * 16 + 16));
}
