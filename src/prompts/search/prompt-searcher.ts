import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import type { Caller } from '../../auth/access/principal.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import type { ReadConnection } from '../../database/replicas/read-connection.js';
import type { PromptSummaryRecord } from '../prompt.repository.js';
import { namedByText } from './parameters.js';
import { foldQuery, ownerOfSearch } from './prompt-search.queries.js';
import { PublicReads } from './public-reads.service.js';
import { VisibilityScopesService } from './visibility-scopes.service.js';
import { sampleShare } from './search-keys.js';
import { orders } from './search-orders.queries.js';
import { type Group, groups, hasWords, toSearchQuery } from './search-query.js';
import {
  foundPrompts,
  rangeStatement,
  listStatement,
  probeStatement,
  sampleStatement,
  type Search as SearchParts,
  type Sql,
  walkStatement,
} from './search-statements.queries.js';
import { restrictToOwner, type VisibilityScope } from './visibility-scope.queries.js';

export interface PromptSearch {
  readonly q?: string;
  /** Slug or id. An unknown owner has no hits. */
  readonly owner?: string;
  /** A whole tag, ignoring case. */
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

interface Search extends SearchParts {
  /** Where its statements run. */
  readonly reads: ReadConnection;
}

interface FoldedQuery {
  readonly q: string;
  readonly tag: string | null;
}

const maxFolded = 2_000;
const maxFoldedLength = 256;

/**
 * Finds prompts by words. No search fetches or sorts all hits of a common word; each is a few indexed statements:
 *
 * 1. Walk the order's own index for some hundred rows. They contain a page of a common word.
 * 2. Probe the index of keys (trigrams, tags, scopes) for some thousand rows. If there are no more, all hits are
 *    known, and are sorted. If there are, the better groups of relevance are searched first, each in the same way.
 * 3. Words that are common, but missing at the top, are sampled: the best hits of the sample say how far down the
 *    order a page reaches, and the index of keys returns the hits down to there.
 *
 * Scopes of grants overlap with others: a walk reads a prompt once for each scope that contains it, so at most once
 * for each group through which the caller is granted something, and the other steps read it once.
 *
 * The result of a step says whether the next is needed; neither statistics nor plans decide. The bound on rows is
 * strict in the first two steps and holds on average over samples in the third. It holds for rows that have all
 * trigrams of the words, which a few words share with texts that do not contain them.
 */
@Injectable()
export class PromptSearcher {
  /**
   * Number of prompts at the top of the order that a search with words reads first, in addition to two for each needed
   * hit.
   */
  protected readonly walkRows: number = 500;
  /** Maximum number of prompts that a probe reads, in addition to two for each needed hit. */
  protected readonly probeRows: number = 4000;

  private readonly folded = new LruMap<FoldedQuery>(maxFolded);

  constructor(
    private readonly reads: PublicReads,
    private readonly scopes: VisibilityScopesService,
  ) {}

  /** A page of what the caller may read. */
  async search(query: PromptSearch, caller: Caller): Promise<PromptHit[]> {
    const readable = await this.scopes.of(caller);
    const reads = await this.readsOf(readable, caller);
    const scopes = await this.scopesOf(query, readable, reads);
    if (!scopes) return [];
    const search = await this.toSearch(query, scopes, scopes === readable ? reads : await this.readsOf(scopes, caller));
    const ids = await this.page(search, query.limit, query.offset);
    return ids.length === 0 ? [] : this.fetch(ids, search);
  }

  /** What is private is read on the primary, so that a revoked right holds at once. */
  private async readsOf(scopes: readonly VisibilityScope[], caller: Caller): Promise<ReadConnection> {
    return scopes.every(({ visibility }) => visibility === 'public') ? this.reads.for(caller) : this.reads.primary();
  }

  private async toSearch(
    query: PromptSearch,
    scopes: readonly VisibilityScope[],
    reads: ReadConnection,
  ): Promise<Search> {
    const { q, tag } = await this.fold(query.q ?? '', query.tag ?? null, reads);
    const searchQuery = toSearchQuery(q, tag);
    const { sort = 'relevance' } = query;
    if (sort !== 'relevance') return { reads, query: searchQuery, scopes, order: orders[sort], isGrouped: false };
    const isGrouped = hasWords(searchQuery);
    return { reads, query: searchQuery, scopes, order: isGrouped ? orders.downloads : orders.newest, isGrouped };
  }

  private async scopesOf(
    { owner }: PromptSearch,
    scopes: readonly VisibilityScope[],
    reads: ReadConnection,
  ): Promise<readonly VisibilityScope[] | undefined> {
    if (owner === undefined) return scopes;
    const [found] = await reads.execute<{ id: string }>(ownerOfSearch, slugOrId(owner));
    return found && restrictToOwner(scopes, found.id);
  }

  /** Folded texts are cached, because folding depends only on the text. */
  private async fold(q: string, tag: string | null, reads: ReadConnection): Promise<FoldedQuery> {
    const key = JSON.stringify([q, tag]);
    const cached = this.folded.get(key);
    if (cached) return cached;
    const [folded = { q, tag }] = await reads.execute<FoldedQuery>(foldQuery, [q, tag]);
    if (key.length <= maxFoldedLength) this.folded.set(key, folded);
    return folded;
  }

  private async page(search: Search, limit: number, offset: number): Promise<string[]> {
    if (!hasWords(search.query) && search.query.tag === null) {
      return (await rowsOf<{ id: string }>(search, listStatement(search, limit, offset))).map(({ id }) => id);
    }
    return (await this.top(search, offset + limit)).slice(offset);
  }

  /** The first `count` hits. */
  private async top(search: Search, count: number): Promise<string[]> {
    const rows = this.walkRows + 2 * count;
    const walked = await rowsOf<Hit>(search, walkStatement(search, rows, search.isGrouped ? rows : count));
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
    // Down to the n-th hit of the sample there are about n / share hits. The rank aims at a few more than are needed.
    const rank = 2 + Math.ceil(1.3 * count * sampleShare);
    const [sampled] = await rowsOf<{ bound: string }>(search, sampleStatement(search, group, rank));
    const found = await rowsOf<{ id: string }>(search, rangeStatement(search, group, sampled?.bound, count));
    const isEnough = found.length === count || !sampled;
    const rows = isEnough
      ? found
      : await rowsOf<{ id: string }>(search, rangeStatement(search, group, undefined, count));
    return rows.map(({ id }) => id);
  }

  private async probe(search: Search, group: Group, count: number): Promise<{ complete: boolean; ids: string[] }> {
    const statement = probeStatement(search, group, count, this.probeRows + 2 * count);
    const [found] = await rowsOf<{ complete: boolean; ids: string[] }>(search, statement);
    return found ?? { complete: true, ids: [] };
  }

  private async fetch(ids: readonly string[], search: Search): Promise<PromptHit[]> {
    const rows = await rowsOf<PromptHit & { downloadCount: string }>(search, foundPrompts(ids, search.scopes));
    return rows.map((row) => ({ ...row, downloadCount: Number(row.downloadCount) }));
  }
}

function rowsOf<Row extends object>({ reads }: Search, { text, values }: Sql): Promise<Row[]> {
  return reads.execute<Row>(namedByText(text), values);
}
