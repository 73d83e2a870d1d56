import { Injectable } from '@nestjs/common';
import { type Guarded, may } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import type { Role } from '../../auth/accounts/account.entity.js';
import { Database } from '../../database/database.js';
import { guardedColumns, type GuardedRow, guardedTables, toGuarded } from '../../prompts/guarded-prompt.js';
import { prepared } from '../../prompts/search/parameters.js';
import { ReadableShelves } from '../../prompts/search/readable-shelves.js';
import { ofOwner } from '../../prompts/search/visible-to.js';
import type { LivePrompt } from './live-prompt.js';
import { type LiveFilter, type LiveOrder, type Sql, stretch, tags } from './live-prompt-list.js';
import { liveColumns, liveRevision } from './live-prompts.repository.js';

/** A live prompt with who made it, and what the access policy asks about it. */
export interface ListedPrompt extends LivePrompt {
  readonly author_name: string;
  readonly author_role: Role;
  readonly author_email: string;
  readonly guarded: Guarded;
}

/** Prompts in order, by their ids, of which most are not read yet: a long list is a few bytes for each. */
export interface PromptStretch {
  /** How many there are, in this stretch and beyond. */
  readonly total: number;
  readonly ids: readonly string[];
}

export interface PromptPage {
  readonly prompts: readonly ListedPrompt[];
  /** Ids of those that come after. */
  readonly rest: readonly string[];
}

type Row = Omit<ListedPrompt, 'guarded'> & GuardedRow & { readonly place: number };

/** Contents can be 1 MiB each: a page has at most so many rows and so many bytes of them, but at least one row. */
const rowsOnPage = 500;
const pageBytes = 4 * 1024 * 1024;

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
    where page.bytes <= ${pageBytes} or page.nth = 1 order by page.place`,
};

/** Live prompts of one owner, as far as a caller may read them. */
@Injectable()
export class LivePromptLists {
  constructor(
    private readonly database: Database,
    private readonly readable: ReadableShelves,
  ) {}

  /** Those from `offset` on, at most `limit`, if it is given. */
  async find(
    ownerId: string,
    me: Principal,
    filter: LiveFilter,
    order: LiveOrder,
    { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<PromptStretch> {
    const shelves = ofOwner(await this.readable.of(me), ownerId);
    const statement = stretch({ ownerId, shelves, filter }, order, limit ?? null, offset);
    const [found] = await this.rows<{ total: number; ids: Buffer }>(statement);
    return { total: found?.total ?? 0, ids: found ? toIds(found.ids) : [] };
  }

  /** The first of the prompts; not those that have gone meanwhile, or that the caller may not read any more. */
  async page(ids: readonly string[], me: Principal): Promise<PromptPage> {
    const asked = ids.slice(0, rowsOnPage);
    const rows = asked.length > 0 ? await this.database.query<Row>(page, [me.userId, asked]) : [];
    const prompts = rows.map((row) => ({ ...row, guarded: toGuarded(row) }));
    return {
      prompts: prompts.filter(({ guarded }) => may(me, 'read', guarded)),
      rest: ids.slice(rows.at(-1)?.place ?? asked.length),
    };
  }

  /** Every tag of theirs, by code point. */
  async tags(ownerId: string, me: Principal, filter: LiveFilter): Promise<string[]> {
    const shelves = ofOwner(await this.readable.of(me), ownerId);
    const rows = await this.rows<{ tag: string }>(tags({ ownerId, shelves, filter }));
    return rows.map(({ tag }) => tag);
  }

  private rows<Found extends object>({ text, values }: Sql): Promise<Found[]> {
    return this.database.query<Found>(prepared(text), values);
  }
}

function toIds(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString('hex', i * 16, i * 16 + 16));
}
