import { z } from 'zod';
import { patchSchema } from '../../common/http/patch.js';
import { Text } from '../../common/http/scalars.js';

const notice = Text.max(1000).refine((text) => text.trim() !== '', 'must not be empty');

export const UpdateVersion = patchSchema(
  {
    yanked: z.boolean().describe('Whether ranges and `latest_version` skip it.'),
    reason: notice.describe('Why it is yanked.'),
    deprecated: notice.nullable().describe('What to use instead; null ends the deprecation.'),
  },
  {
    name: z.string().describe('May repeat the name in the path, and changes nothing.'),
    version: z.string().describe('May repeat the version in the path, and changes nothing.'),
  },
)
  .refine(({ reason, yanked }) => reason === undefined || yanked === true, {
    error: 'takes yanked: true',
    path: ['reason'],
  })
  .meta({ id: 'UpdateVersion', example: { yanked: true, reason: 'It leaks its instructions.' } });
export type UpdateVersion = z.output<typeof UpdateVersion>;
