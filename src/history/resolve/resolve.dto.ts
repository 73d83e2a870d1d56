import { z } from 'zod';
import { Timestamp } from '../../common/http/scalars.js';
import { Digest, revisionFields } from '../revisions/revisions.dto.js';
import { checkSelector, querySelectorFields } from './selector.js';

export const ResolveQuery = z
  .object({
    ...querySelectorFields,
    expect: Digest.optional().describe('The only digest that the answer may have.'),
  })
  .check(checkSelector);
export type ResolveQuery = z.output<typeof ResolveQuery>;

export const ResolvedBy = z
  .object({
    label: z.string().optional(),
    at: Timestamp.optional(),
    revision: z.int().optional(),
    range: z.string().optional(),
    version: z.string().optional().describe('The version; of a range the one that it found.'),
  })
  .meta({ id: 'ResolvedBy', example: { label: 'production' } });
export type ResolvedBy = z.output<typeof ResolvedBy>;

export const Resolved = z
  .object({
    owner: z.string(),
    name: z.string(),
    ...revisionFields,
    labels: z
      .array(z.string())
      .optional()
      .describe('Labels that point to it; left out where the answer never changes.'),
    resolved_by: ResolvedBy,
  })
  .meta({ id: 'Resolved' });
