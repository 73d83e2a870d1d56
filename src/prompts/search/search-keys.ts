import { type Group, type SearchQuery } from './search-query.js';
import type { VisibilityScope } from './visibility-scope.queries.js';

// The function search_keys lists a prompt under these keys. The first character is the kind of the rest: 3 three
// characters of the document, n three of the name, ^ the name's first 1 to 16, = the name's first 64, # a tag's first
// 64, / a scope, ~ one of 256 samples. Keys only narrow the search down: every hit is compared with the whole word.

// Enough keys to find rare words. More keys would make long words slow without finding more.
const keysPerWord = 5;
const keysPerQuery = 32;
const shortWordsPerQuery = 4;

/** One of 256 equal shares of all prompts. */
export const sampleKey = '~00';
export const sampleShare = 1 / 256;

/** Keys that every hit in the group has, and every hit in a better one. */
export function keysOf(query: SearchQuery, group: Group): string[] {
  const keys = query.words.flatMap((word) => trigrams(word).map((trigram) => `3${trigram}`)).slice(0, keysPerQuery);
  if (query.tag !== null) keys.push(`#${firstCharacters(query.tag, 64)}`);
  if (group === 'exact') keys.push(`=${firstCharacters(query.text, 64)}`);
  if (group === 'prefix') keys.push(`^${firstCharacters(query.text, 16)}`);
  if (group !== 'rest') keys.push(...nameKeys(query));
  return keys;
}

/** Sets of keys of which every hit has at least one each. */
export function alternativeKeysOf(query: SearchQuery, scopes: readonly VisibilityScope[]): string[][] {
  const shortWords = query.shortWords.slice(0, shortWordsPerQuery);
  return [scopes.map(scopeKey), ...shortWords.map((word) => [`^${word}`, `#${word}`])];
}

function nameKeys(query: SearchQuery): string[] {
  return query.words.flatMap((word) => trigrams(word).map((trigram) => `n${trigram}`)).slice(0, keysPerQuery);
}

function scopeKey({ visibility, ownerId, createdBy, promptId, reader }: VisibilityScope): string {
  if (promptId) return `/${visibility}//${promptId}`;
  return ['', reader ?? visibility, ...[ownerId, createdBy].filter((part) => part !== undefined)].join('/');
}

/** Some of the word's trigrams, evenly spread, first and last included. */
function trigrams(word: string): string[] {
  const characters = [...word];
  const last = characters.length - 3;
  const count = Math.min(last + 1, keysPerWord);
  const starts = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * last) / (count - 1))));
  return [...new Set(starts.map((start) => characters.slice(start, start + 3).join('')))];
}

const firstCharacters = (text: string, length: number): string => [...text].slice(0, length).join('');
