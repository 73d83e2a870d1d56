import { foldAscii } from '../ascii.js';
import { z } from 'zod';

/** PostgreSQL stores no NUL and UTF-8 has no lone surrogate: such text is refused, never altered. */
export function isStorableText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

/** Any text that can be stored and comes back the same. */
export const Text = z.string().refine(isStorableText, 'must be valid Unicode without NUL characters');

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a path segment can be an id. Callers answer 404, not 422, for one that cannot. */
export const isUuid = (value: string): boolean => uuidPattern.test(value);

export const Uuid = z.string().regex(uuidPattern, 'must be a UUID').meta({ format: 'uuid' });

/** RFC 3339 in UTC. */
export const Timestamp = z.string().meta({ format: 'date-time', example: '2026-03-10T15:30:00.000Z' });

// No record is older, and PostgreSQL reads years with more digits in another form.
const earliestMs = Date.parse('1970-01-01T00:00:00.000Z');
const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A time that a request names: RFC 3339 with any offset. It comes out in UTC, to the millisecond, within the years that
 * PostgreSQL reads as JavaScript does: it knows neither year 0 nor an offset of more than 16 hours.
 */
export const Time = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time' })
  .transform((time) => new Date(Math.min(Math.max(Date.parse(time), earliestMs), latestMs)).toISOString());

/** One non-empty path segment, as it comes. */
export const PathSegment = z.string();

/** Slug of a user or an organization; with A-Z folded, so that no two differ only by case. */
export const Slug = z
  .string()
  .transform(foldAscii)
  .pipe(
    z
      .string()
      .max(39)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must match ^[a-z0-9]+(-[a-z0-9]+)*$')
      .refine((value) => !isUuid(value), 'must not look like a UUID'),
  );
