import { z } from 'zod';

/** More pages than any list has. */
const maxPage = 1_000_000_000;
/** What the original server accepts as a whole number. */
const wholeNumberPattern = /^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/;

/** The number of a page in a query; one below the lowest is the lowest. */
export function pageNumber(minimum: number) {
  // Other values stay unchanged, so that validation reports them.
  const read = (value: unknown) => {
    if (typeof value !== 'string' || !wholeNumberPattern.test(value)) return value;
    return Math.min(Math.max(Number(value.replaceAll('_', '')), minimum), maxPage);
  };
  return z.preprocess(read, z.number()).default(minimum);
}
