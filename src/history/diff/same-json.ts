import canonicalize from 'canonicalize';
import type { JsonValue } from '@promptyard/template/json.js';

/**
 * Whether two values have the same canonical form: the order of keys is ignored, and -0 equals 0. Undefined stands for
 * a missing value.
 */
export function isSameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return canonicalize(one) === canonicalize(other);
}
