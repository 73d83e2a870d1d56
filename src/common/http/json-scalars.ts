import { z } from 'zod';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';
import { isStorableText } from './scalars.js';

const maxDepth = 64;

/** Any JSON that can be stored and comes back the same: no NUL, no number too large for a double, at most 64 levels. */
export function isStorableJson(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === maxDepth) return false;
  const isWithin = (child: unknown) => isStorableJson(child, depth + 1);
  if (Array.isArray(value)) return value.every(isWithin);
  return Object.entries(value).every(([key, child]) => isStorableText(key) && isWithin(child));
}

const problem = `must be JSON of at most ${maxDepth} levels, without NUL characters`;

/** A JSON value of any kind. */
export const Json = z.custom<JsonValue>((value) => isStorableJson(value), { error: problem });

/** A JSON object of any keys. */
export const JsonRecord = z
  .record(z.string(), z.unknown())
  .refine((value): value is JsonObject => isStorableJson(value), problem);
