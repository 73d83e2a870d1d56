/** What is searched for, folded as the search index is. */
export interface SearchQuery {
  /** The whole q, trimmed. */
  readonly text: string;
  /** Must occur somewhere in a name, a description or a tag. */
  readonly words: readonly string[];
  /** One or two letters: must start the name or be a whole tag. */
  readonly shortWords: readonly string[];
  readonly tag: string | null;
}

/** Parses q and tag, folded by PostgreSQL's `search_fold`. */
export function toSearchQuery(q: string, tag: string | null): SearchQuery {
  const text = q.trim();
  const all = [...new Set(text.split(/\s+/).filter((word) => word !== ''))];
  const isShort = (word: string) => [...word].length < 3;
  return { text, words: all.filter((word) => !isShort(word)), shortWords: all.filter(isShort), tag };
}

export const hasWords = ({ words, shortWords }: SearchQuery): boolean => words.length + shortWords.length > 0;

/** Where a hit holds q, best first: the name is q, starts with q, holds q; anywhere. */
export const groups = ['exact', 'prefix', 'inside', 'rest'] as const;
export type Group = (typeof groups)[number];
