import { Injectable } from '@nestjs/common';
import { type Guarded, isAllowed } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import type { Role } from '../../auth/accounts/account.entity.js';
import { Database } from '../../database/database.js';
import { guardedColumns, type GuardedRow, guardedTables, toGuarded } from '../../prompts/guarded-prompt.js';
import { preparedStatement } from '../../prompts/search/parameters.js';
import { VisibilityScopesRepository } from '../../prompts/search/visibility-scopes.repository.js';
import { restrictToOwner } from '../../prompts/search/visibility-scope.js';
import type { LivePrompt } from './live-prompt.js';
import { type LiveFilter, type LiveOrder, type Sql, pageStatement, tagsStatement } from './live-prompt-list.js';
import { liveColumns, liveRevision } from './live-prompts.repository.js';

/** A live prompt with its creator, and the columns of the access policy. */
export interface ListedPrompt extends LivePrompt {
  readonly author_name: string;
  readonly author_role: Role;
  readonly author_email: string;
  readonly guarded: Guarded;
}

/**
 * The ids of prompts in order. The prompts themselves are read page by page, so that a long list takes little memory.
 */
export interface PromptIdList {
  /** The total number, also beyond this page. */
  readonly total: number;
  readonly ids: readonly string[];
}

export interface PromptPage {
  readonly prompts: readonly ListedPrompt[];
  /** Ids of those that come after. */
  readonly rest: readonly string[];
}

type Row = Omit<ListedPrompt, 'guarded'> & GuardedRow & { readonly place: number };

/** A content can be 1 MiB. A page is limited in rows and bytes, but has at least one row. */
const maxRowsPerPage = 500;
const maxPageBytes = 4 * 1024 * 1024;

const page = {
  name: 'live-prompt-page',
  text: `
    with page as (
      select p.id, place, sum(octet_length(r.content)) over (order by place) as bytes,
        row_number() over (order by place) as nth
      from unnest($2::uuid[]) with ordinality asked (id, place)
      join prompt p on p.id = asked.id and p.deleted_at is null ${liveRevision}
    )
    select ${liveColumns}, ${guardedColumns}, page.place::int, coalesce(author.name, author_owner.slug) as author_name,
      author.role as author_role, author.email as author_email
    ${guardedTables} ${liveRevision} join page on page.id = p.id
    join account author on author.id = p.created_by join owner author_owner on author_owner.id = p.created_by
    where page.bytes <= ${maxPageBytes} or page.nth = 1 order by page.place`,
};

/** Live prompts of one owner, as far as a caller may read them. */
@Injectable()
export class LivePromptListsRepository {
  constructor(
    private readonly database: Database,
    private readonly scopes: VisibilityScopesRepository,
  ) {}

  /** Those from `offset` on, at most `limit`, if it is given. */
  async find(
    ownerId: string,
    caller: Principal,
    filter: LiveFilter,
    order: LiveOrder,
    { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<PromptIdList> {
    const scopes = restrictToOwner(await this.scopes.of(caller), ownerId);
    const statement = pageStatement({ ownerId, scopes, filter }, order, limit ?? null, offset);
    const [found] = await this.rows<{ total: number; ids: Buffer }>(statement);
    return { total: found?.total ?? 0, ids: found ? toIds(found.ids) : [] };
  }

  /** The first of the prompts, without those that have been deleted or that the caller may no longer read. */
  async page(ids: readonly string[], caller: Principal): Promise<PromptPage> {
    const requested = ids.slice(0, maxRowsPerPage);
    const rows = requested.length > 0 ? await this.database.query<Row>(page, [caller.userId, requested]) : [];
    const prompts = rows.map((row) => ({ ...row, guarded: toGuarded(row) }));
    return {
      prompts: prompts.filter(({ guarded }) => isAllowed(caller, 'read', guarded)),
      rest: ids.slice(rows.at(-1)?.place ?? requested.length),
    };
  }

  /** Every tag of theirs, by code point. */
  async tags(ownerId: string, caller: Principal, filter: LiveFilter): Promise<string[]> {
    const scopes = restrictToOwner(await this.scopes.of(caller), ownerId);
    const rows = await this.rows<{ tag: string }>(tagsStatement({ ownerId, scopes, filter }));
    return rows.map(({ tag }) => tag);
  }

  private rows<Found extends object>({ text, values }: Sql): Promise<Found[]> {
    return this.database.query<Found>(preparedStatement(text), values);
  }
}

function toIds(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString('hex', i * 16, i * 16 + 16));
}
