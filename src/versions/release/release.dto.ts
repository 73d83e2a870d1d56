import { z } from 'zod';
import { VersionNumber } from '../../prompts/version-number.js';
import { VersionItem } from '../versions.dto.js';

export const ReleaseRevision = z
  .object({ version: VersionNumber })
  .meta({ id: 'ReleaseRevision', example: { version: '1.2.0' } });
export type ReleaseRevision = z.output<typeof ReleaseRevision>;

export const ReleaseQuery = z.object({
  allow_breaking: z.stringbool().default(false).describe('Release although the variables ask for a higher number.'),
});
export type ReleaseQuery = z.output<typeof ReleaseQuery>;

export const ReleasedVersion = VersionItem.extend({
  revision: z.int().describe('Number of the revision that it is.'),
}).meta({ id: 'ReleasedVersion' });
export type ReleasedVersion = z.output<typeof ReleasedVersion>;
