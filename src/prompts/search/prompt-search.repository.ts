import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import type { Caller } from '../../auth/access/principal.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import { Database } from '../../database/database.js';
import type { PromptSummaryRecord } from '../prompt.repository.js';
import { Parameters, prepared } from './parameters.js';
import { ReadableShelves } from './readable-shelves.js';
import { SAMPLE_SHARE } from './search-keys.js';
import { orders } from './search-orders.js';
import { type Group, groups, hasWords, toSearchQuery } from './search-query.js';
import { downTo, listing, probe, sample, type Search, type Sql, walk } from './search-statements.js';
import { ofOwner, type Shelf, visibleTo } from './visible-to.js';

export interface PromptSearch {
  readonly q?: string;
  /** Slug or id; of an unknown owner there are no hits. */
  readonly owner?: string;
  /** A whole tag, in any case. */
  readonly tag?: string;
  /** By relevance if q has words, else newest first. */
  readonly sort?: 'relevance' | 'newest' | 'updated' | 'downloads' | 'name';
  readonly limit: number;
  readonly offset: number;
}

/** A prompt as a search finds it. */
export type PromptHit = PromptSummaryRecord;

interface Hit {
  id: string;
  /** Index among the groups. */
  group: number;
}

const fold = { name: 'search-fold', text: 'select search_fold($1) as q, search_fold($2) as tag' };
const ownerId = { name: 'search-owner', text: 'select id from owner where slug = $1 or id = $2' };

interface Folded {
  readonly q: string;
  readonly tag: string | null;
}

const mostFolded = 2_000;
const longestFolded = 256;

/**
 * Finds prompts by words. No search fetches or sorts all hits of a common word; each is a few indexed statements:
 *
 * 1. Walk the order's own index for some hundred rows. They hold a page of a common word.
 * 2. Probe the index of keys (trigrams, tags, shelves) for some thousand rows. If there are no more, all hits are
 *    known, and are sorted. If there are, the better groups of relevance are asked first, each in the same way.
 * 3. What is common, but missing at the top, is sampled: the best hits of the sample tell how far down the order a page
 *    reaches, and the index of keys gives the hits down to there.
 *
 * Shelves of grants overlap with others: a walk reads a prompt once for each shelf that it stands on, so at most once
 * for each group through which the caller is granted something, and the other steps read it once.
 *
 * What a step returns tells whether the next is needed; neither statistics nor plans decide. The bound on rows is
 * strict in the first two steps and holds on average over samples in the third. It holds for rows that have all
 * trigrams of the words, which a few words share with texts that do not hold them.
 */
@Injectable()
export class PromptSearchRepository {
  /** Prompts at the top of the order that a search with words looks at first, besides two for each hit it needs. */
  protected readonly walkRows: number = 500;
  /** Prompts that a probe looks at, at most, besides two for each hit that it needs. */
  protected readonly probeRows: number = 4000;

  private readonly folded = new LruMap<Folded>(mostFolded);

  constructor(
    private readonly database: Database,
    private readonly readable: ReadableShelves,
  ) {}

  /** A page of what the caller may read. */
  async search(wish: PromptSearch, caller: Caller): Promise<PromptHit[]> {
    const readable = await this.readable.of(caller);
    const search = await this.toSearch(wish, readable);
    if (!search) return [];
    const ids = await this.page(search, wish.limit, wish.offset);
    return ids.length === 0 ? [] : this.fetch(ids, readable);
  }

  private async toSearch(wish: PromptSearch, readable: readonly Shelf[]): Promise<Search | undefined> {
    const shelves = await this.shelvesOf(wish, readable);
    if (!shelves) return undefined;
    const { q, tag } = await this.fold(wish.q ?? '', wish.tag ?? null);
    const query = toSearchQuery(q, tag);
    const { sort = 'relevance' } = wish;
    if (sort !== 'relevance') return { query, shelves, order: orders[sort], isGrouped: false };
    const isGrouped = hasWords(query);
    return { query, shelves, order: isGrouped ? orders.downloads : orders.newest, isGrouped };
  }

  private async shelvesOf({ owner }: PromptSearch, readable: readonly Shelf[]): Promise<readonly Shelf[] | undefined> {
    if (owner === undefined) return readable;
    const [found] = await this.database.query<{ id: string }>(ownerId, slugOrId(owner));
    return found && ofOwner(readable, found.id);
  }

  /** Folding depends on nothing but the text: what PostgreSQL made of it is kept. */
  private async fold(q: string, tag: string | null): Promise<Folded> {
    const key = JSON.stringify([q, tag]);
    const known = this.folded.get(key);
    if (known) return known;
    const [folded = { q, tag }] = await this.database.query<Folded>(fold, [q, tag]);
    if (key.length <= longestFolded) this.folded.set(key, folded);
    return folded;
  }

  private async page(search: Search, limit: number, offset: number): Promise<string[]> {
    if (!hasWords(search.query) && search.query.tag === null) {
      return (await this.rows<{ id: string }>(listing(search, limit, offset))).map(({ id }) => id);
    }
    return (await this.top(search, offset + limit)).slice(offset);
  }

  /** The first `count` hits. */
  private async top(search: Search, count: number): Promise<string[]> {
    const rows = this.walkRows + 2 * count;
    const walked = await this.rows<Hit>(walk(search, rows, search.isGrouped ? rows : count));
    return this.topOf(search, 'rest', count, walked);
  }

  /** The first `count` hits in the group or better ones; `walked` holds those of them at the top of the order. */
  private async topOf(search: Search, group: Group, count: number, walked: readonly Hit[]): Promise<string[]> {
    const index = groups.indexOf(group);
    const isCommon = walked.filter((hit) => hit.group <= index).length >= count;
    const found = isCommon ? undefined : await this.probe(search, group, count);
    if (found?.complete) return found.ids;
    const betterGroup = search.isGrouped ? groups[index - 1] : undefined;
    const better = betterGroup ? await this.topOf(search, betterGroup, count, walked) : [];
    if (better.length === count) return better;
    const inGroup = walked.filter((hit) => hit.group === index).map(({ id }) => id);
    return [...better, ...(await this.topInGroup(search, group, count - better.length, inGroup))];
  }

  private async topInGroup(search: Search, group: Group, count: number, walked: string[]): Promise<string[]> {
    if (walked.length >= count) return walked.slice(0, count);
    // Down to the n-th of the sample there are about n / share hits: aim for some more than are needed.
    const rank = 2 + Math.ceil(1.3 * count * SAMPLE_SHARE);
    const [sampled] = await this.rows<{ bound: string }>(sample(search, group, rank));
    const found = await this.rows<{ id: string }>(downTo(search, group, sampled?.bound, count));
    const isEnough = found.length === count || !sampled;
    const rows = isEnough ? found : await this.rows<{ id: string }>(downTo(search, group, undefined, count));
    return rows.map(({ id }) => id);
  }

  private async probe(search: Search, group: Group, count: number): Promise<{ complete: boolean; ids: string[] }> {
    const statement = probe(search, group, count, this.probeRows + 2 * count);
    const [found] = await this.rows<{ complete: boolean; ids: string[] }>(statement);
    return found ?? { complete: true, ids: [] };
  }

  private async fetch(ids: readonly string[], readable: readonly Shelf[]): Promise<PromptHit[]> {
    const parameters = new Parameters();
    const text = `
      select p.id, p.name, p.description, p.owner_id as "ownerId", o.slug as "ownerSlug", p.visibility, p.tags,
        p.download_count as "downloadCount", p.created_at as "createdAt", p.updated_at as "updatedAt"
      from unnest(${parameters.add(ids, 'uuid[]')}) with ordinality page (id, place)
      join prompt p on p.id = page.id join owner o on o.id = p.owner_id
      where ${visibleTo(readable, parameters)} order by page.place`;
    const rows = await this.rows<PromptHit & { downloadCount: string }>({ text, values: parameters.values });
    return rows.map((row) => ({ ...row, downloadCount: Number(row.downloadCount) }));
  }

  private rows<Row extends object>({ text, values }: Sql): Promise<Row[]> {
    return this.database.query<Row>(prepared(text), values);
  }
}
