import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import { slugOrId } from '../../auth/identity/owners.repository.js';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
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

export interface PromptHit {
  id: string;
  name: string;
  description: string;
  owner_id: string;
  owner_username: string;
  visibility: 'public' | 'private';
  tags: string[];
  download_count: number;
  created_at: string;
  updated_at: string;
}

/** Prompts at the top of the order that every search with words looks at first. */
const WALK_ROWS = 500;
/** With so many hits among them, asking the index for all hits is not worth it. */
const COMMON_HITS = 15;
/** Hits that are fetched and sorted, besides what the page itself takes. */
const PROBE_ROWS = 1500;

const scope = {
  name: 'search-scope',
  text: `select search_fold($1) as q, search_fold($2) as tag, (select id from owner where slug = $3 or id = $4) as owner_id`,
};

/**
 * Finds prompts by words. No search fetches or sorts all hits of a common word; each is a few indexed statements:
 *
 * 1. Walk the order's own index for a few hundred rows. A common word fills its page right there.
 * 2. Probe the index of keys (trigrams, tags, shelves) for a bounded number of rows. A rare word's hits all come, and
 *    are sorted. Short of that the word is common, and the hits are taken group by group of relevance:
 * 3. Common, but missing at the top: the best of a sample of hits tell how far down the order one has to go, and the
 *    index of keys gives the hits down to there.
 *
 * Which of these is enough is seen from what they return, so neither statistics nor plans decide.
 */
@Injectable()
export class PromptSearchRepository {
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
    const values = [wish.q ?? '', wish.tag ?? null, ...(wish.owner === undefined ? [null, null] : slugOrId(wish.owner))];
    const [row] = await this.database.query<{ q: string; tag: string | null; owner_id: string | null }>(scope, values);
    if (!row || (wish.owner !== undefined && row.owner_id === null)) return undefined;
    const query = toSearchQuery(row.q, row.tag);
    const { sort = 'relevance' } = wish;
    const isGrouped = sort === 'relevance' && hasWords(query);
    const order = orders[sort === 'relevance' ? (isGrouped ? 'downloads' : 'newest') : sort];
    return { query, shelves: row.owner_id ? ofOwner(readable, row.owner_id) : readable, order, isGrouped };
  }

  private async page(search: Search, limit: number, offset: number): Promise<string[]> {
    if (!hasWords(search.query) && search.query.tag === null) {
      return (await this.rows<{ id: string }>(listing(search, limit, offset))).map(({ id }) => id);
    }
    return (await this.top(search, offset + limit)).slice(offset);
  }

  /** The first `count` hits. */
  private async top(search: Search, count: number): Promise<string[]> {
    const walked = await this.rows<{ id: string; group: number }>(
      walk(search, WALK_ROWS, search.isGrouped ? WALK_ROWS : count),
    );
    if (!search.isGrouped && walked.length >= count) return walked.map(({ id }) => id);
    const isCommon = search.isGrouped && walked.length >= COMMON_HITS;
    const all = isCommon ? undefined : await this.probe(search, undefined, count);
    if (all?.complete) return all.ids;
    if (!search.isGrouped) return this.common(search, undefined, count);
    const found: string[] = [];
    for (const [index, group] of groups.entries()) {
      if (found.length === count) break;
      const inWalk = walked.filter((hit) => hit.group === index).map(({ id }) => id);
      found.push(...(await this.topOfGroup(search, group, count - found.length, inWalk)));
    }
    return found;
  }

  private async topOfGroup(search: Search, group: Group, count: number, walked: string[]): Promise<string[]> {
    if (walked.length >= count) return walked.slice(0, count);
    const { complete, ids } = await this.probe(search, group, count);
    return complete ? ids : this.common(search, group, count);
  }

  private async probe(search: Search, group: Group | undefined, count: number) {
    const statement = probe(search, group, count, PROBE_ROWS + 2 * count);
    const [found] = await this.rows<{ complete: boolean; ids: string[] }>(statement);
    return found ?? { complete: true, ids: [] };
  }

  /** Down to the n-th best of a sample there are about n / share hits, so with a little more than needed they suffice. */
  private async common(search: Search, group: Group | undefined, count: number): Promise<string[]> {
    const rank = 2 + Math.ceil(1.3 * count * SAMPLE_SHARE);
    const [sampled] = await this.rows<{ bound: string }>(sample(search, group, rank));
    const found = await this.rows<{ id: string }>(downTo(search, group, sampled?.bound, count));
    const isShort = sampled !== undefined && found.length < count;
    const rows = isShort ? await this.rows<{ id: string }>(downTo(search, group, undefined, count)) : found;
    return rows.map(({ id }) => id);
  }

  private async fetch(ids: readonly string[], readable: readonly Shelf[]): Promise<PromptHit[]> {
    const parameters = new Parameters();
    const text = `
      select p.id, p.name, p.description, p.owner_id, o.slug as owner_username, p.visibility, p.tags,
        p.download_count, p.created_at, p.updated_at
      from unnest(${parameters.add(ids, 'uuid[]')}) with ordinality page (id, place)
      join prompt p on p.id = page.id join owner o on o.id = p.owner_id
      where ${visibleTo(readable, parameters)} order by page.place`;
    const rows = await this.rows<PromptHit & { download_count: string }>({ text, values: parameters.values });
    return rows.map((row) => ({
      ...row,
      download_count: Number(row.download_count),
      created_at: toRfc3339(row.created_at),
      updated_at: toRfc3339(row.updated_at),
    }));
  }

  private rows<Row extends object>({ text, values }: Sql): Promise<Row[]> {
    return this.database.query<Row>(prepared(text), values);
  }
}
