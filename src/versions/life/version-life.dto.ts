import { z } from 'zod';
import { Text } from '../../common/http/scalars.js';

const notice = Text.max(1000).refine((text) => text.trim() !== '', 'must not be empty');

export const UpdateVersion = z
  .object({
    yanked: z.boolean().optional().describe('Whether ranges and `latest_version` pass it over.'),
    reason: notice.optional().describe('Why it is yanked.'),
    deprecated: notice.nullable().optional().describe('What to use instead; null takes it back.'),
  })
  .refine(({ reason, yanked }) => reason === undefined || yanked === true, {
    error: 'takes yanked: true',
    path: ['reason'],
  })
  .meta({ id: 'UpdateVersion', example: { yanked: true, reason: 'It leaks its instructions.' } });
export type UpdateVersion = z.output<typeof UpdateVersion>;
