import type { PromptSearch } from '../../../src/prompts/search/prompt-searcher.js';
import type { PromptRow } from './search-database.js';

/** Search as docs/protocols/registry-v1.md tells it, over an array: slow, and plain enough to be believed. */
export function searchModel(prompts: readonly PromptRow[], search: PromptSearch): string[] {
  const q = fold(search.q ?? '').trim();
  const words = q.split(/\s+/).filter((word) => word !== '');
  const { sort = 'relevance' } = search;
  const isGrouped = sort === 'relevance' && words.length > 0;
  const order = sort === 'relevance' ? byRelevance(isGrouped ? q : undefined) : orders[sort];
  return prompts
    .filter((prompt) => words.every((word) => holds(prompt, word)))
    .filter(({ tags }) => search.tag === undefined || tags.map(fold).includes(fold(search.tag)))
    .filter(({ owner_id }) => search.owner === undefined || owner_id === search.owner)
    .sort(order)
    .slice(search.offset, search.offset + search.limit)
    .map(({ id }) => id);
}

function holds({ name, description, tags }: PromptRow, word: string): boolean {
  if ([...word].length <= 2) return fold(name).startsWith(word) || tags.map(fold).includes(word);
  return [name, description, ...tags].some((text) => fold(text).includes(word));
}

function groupOf({ name }: PromptRow, q: string): number {
  if (fold(name) === q) return 0;
  if (fold(name).startsWith(q)) return 1;
  return fold(name).includes(q) ? 2 : 3;
}

type Compare = (a: PromptRow, b: PromptRow) => number;

const newest: Compare = (a, b) => compare(b.created_at, a.created_at) || compare(b.id, a.id);
const orders: Record<'newest' | 'updated' | 'downloads' | 'name', Compare> = {
  newest,
  updated: (a, b) => compare(b.updated_at, a.updated_at) || compare(b.id, a.id),
  downloads: (a, b) => b.download_count - a.download_count || newest(a, b),
  name: (a, b) => compare(fold(a.name), fold(b.name)) || compare(a.id, b.id),
};

function byRelevance(q: string | undefined): Compare {
  if (q === undefined) return newest;
  return (a, b) => groupOf(a, q) - groupOf(b, q) || orders.downloads(a, b);
}

const fold = (text: string): string => text.toLowerCase();
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
