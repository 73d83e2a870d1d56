import { z } from 'zod';

/** An environment variable that is set to nothing counts as not set. */
export const blankAsUnset = (value: unknown) => (value === '' ? undefined : value);

export const Setting = z.preprocess(blankAsUnset, z.string().optional());

const Switch = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], { error: 'must be true or false' })
  .transform((value) => ['true', '1', 'on'].includes(value));
const foldSwitch = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : undefined) || undefined;

export const Flag = (fallback: boolean) => z.preprocess(foldSwitch, Switch.prefault(fallback ? 'true' : 'false'));

/** A flag that is undefined if it is not set. */
export const OptionalFlag = z.preprocess(foldSwitch, Switch.optional());

export const WholeNumber = (fallback: number, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    blankAsUnset,
    z.coerce
      .number({ error: 'must be a whole number' })
      .int('must be a whole number')
      .min(minimum, `must be at least ${minimum}`)
      .max(maximum, `must be at most ${maximum}`)
      .default(fallback),
  );

export const HttpUrl = z.preprocess(
  blankAsUnset,
  z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
    .transform((value) => value.replace(/\/+$/, ''))
    .optional(),
);
