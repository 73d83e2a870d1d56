import type { ByteRange } from '../object-storage.js';

const singleRangePattern = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The range that a `Range` header selects of `size` bytes. Undefined if the whole is to be sent, which RFC 9110 allows
 * for malformed headers, other units and several ranges; null if the range cannot be satisfied.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null | undefined {
  const [, first, last] = singleRangePattern.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return orUnsatisfiable({ start: Math.max(0, size - Number(last)), end: size - 1 }, size);
  const end = last === '' ? Infinity : Number(last);
  if (Number(first) > end) return undefined;
  return orUnsatisfiable({ start: Number(first), end: Math.min(end, size - 1) }, size);
}

function orUnsatisfiable(range: ByteRange, size: number): ByteRange | null {
  return range.start < size ? range : null;
}

/** Whether a list of entity tags, as in `If-None-Match`, names this one; by the weak comparison. */
export function matchesTag(list: string, tag: string): boolean {
  return list.trim() === '*' || list.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}
