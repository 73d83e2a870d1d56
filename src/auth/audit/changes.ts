import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/**
 * The changes of a request, as details of an audit entry: the names of changed fields, and old and new values of those
 * in `fieldsWithValues`. Undefined if nothing changes.
 */
export function changesOf(before: Fields, change: Fields, fieldsWithValues: readonly string[]): JsonObject | undefined {
  const changed = Object.keys(change).filter((field) => {
    return change[field] !== undefined && !isDeepStrictEqual(change[field], before[field]);
  });
  if (changed.length === 0) return undefined;
  const moves = changed
    .filter((field) => fieldsWithValues.includes(field))
    .map((field) => [field, { from: before[field] ?? null, to: change[field] ?? null }] as const);
  return { changed, ...Object.fromEntries(moves) };
}
