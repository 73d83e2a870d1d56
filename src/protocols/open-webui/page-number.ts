import { z } from 'zod';

/** More than any list has. */
const highestPage = 1_000_000_000;
/** What the protocol's own server takes for a whole number. */
const wholeNumber = /^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/;

/** The number of a page in a query; one below the lowest is the lowest. */
export function pageNumber(lowest: number) {
  // What is no number is left as it came, for the answer to say so.
  const read = (value: unknown) => {
    if (typeof value !== 'string' || !wholeNumber.test(value)) return value;
    return Math.min(Math.max(Number(value.replaceAll('_', '')), lowest), highestPage);
  };
  return z.preprocess(read, z.number()).default(lowest);
}
