import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/**
 * What a wish changes, as details of an act: the names of the fields, and for those in `told` from what to what.
 * Undefined when everything is so already.
 */
export function changesOf(before: Fields, wish: Fields, told: readonly string[]): JsonObject | undefined {
  const changed = Object.keys(wish).filter((field) => {
    return wish[field] !== undefined && !isDeepStrictEqual(wish[field], before[field]);
  });
  if (changed.length === 0) return undefined;
  const moves = changed
    .filter((field) => told.includes(field))
    .map((field) => [field, { from: before[field] ?? null, to: wish[field] ?? null }] as const);
  return { changed, ...Object.fromEntries(moves) };
}
