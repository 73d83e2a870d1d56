import canonicalize from 'canonicalize';
import type { JsonValue } from '@promptyard/template/json.js';

/** Equal as a digest sees them: whatever the order of keys, and -0 is 0. Undefined is a value that is not there. */
export function isSameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return canonicalize(one) === canonicalize(other);
}
