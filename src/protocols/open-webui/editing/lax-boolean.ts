import { z } from 'zod';

const words: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 't', 'yes', 'y', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'f', 'no', 'n', 'off'].map((word) => [word, false] as const),
]);

/** A boolean as the protocol's own server reads it: also as a word, in any case, or as 1 and 0. */
export const LaxBoolean = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? read(value) : value),
  z.boolean(),
);

function read(value: string | number): unknown {
  return words.get(String(value).toLowerCase()) ?? value;
}
