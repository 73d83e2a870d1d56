import { z } from 'zod';
import { PathSegment, Text, Timestamp, Uuid } from '../common/http/scalars.js';
import { NewTags, PromptId, PromptName, PromptPath } from '../prompts/prompts.dto.js';

export const VersionItem = z
  .object({
    id: Uuid,
    prompt_id: Uuid,
    version: z.string().meta({ example: '1.0.0' }),
    tarball_url: z
      .string()
      .describe('Key of the object in the store: {owner_id}/{prompt_name}/{version}.tar.gz')
      .meta({ example: '6f1e8c1a-5d7b-4c55-9f0e-2f6d3c1b7a90/code-review/1.0.0.tar.gz' }),
    created_at: Timestamp,
    sha256: z
      .string()
      .describe('Digest of the tarball, lower-case hex.')
      .meta({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }),
    size: z.int().describe('Bytes of the tarball.').meta({ example: 1842 }),
    yanked: z.literal(true).optional().describe('Ranges and `latest_version` skip it. Left out if they do not.'),
    yank_reason: z.string().nullable().optional(),
    deprecated: z.string().optional().describe('What to use instead. Left out if the version is not deprecated.'),
  })
  .meta({ id: 'Version' });
export type VersionItem = z.output<typeof VersionItem>;

export const UploadedVersion = VersionItem.extend({
  warnings: z
    .array(z.string())
    .optional()
    .describe('Why the number should be a higher one, for what changed in the variables.'),
}).meta({ id: 'UploadedVersion' });
export type UploadedVersion = z.output<typeof UploadedVersion>;

export const VersionList = z.object({ items: z.array(VersionItem) }).meta({ id: 'VersionList' });
export type VersionList = z.output<typeof VersionList>;

export const VersionDetails = VersionItem.extend({
  manifest: z.record(z.string(), z.unknown()).describe('What prompt.yaml says, unknown keys included.'),
  readme: z.string().nullable().describe('Text of README.md, or null.'),
  files: z.array(z.object({ path: z.string(), size: z.int() })).describe('Every file of the package, with its bytes.'),
  revision: z.int().nullable().describe('Number of the revision that it is.'),
}).meta({ id: 'VersionDetails' });
export type VersionDetails = z.output<typeof VersionDetails>;

export const VersionPath = PromptPath.extend({
  version: PathSegment.describe('Number of the version.').meta({ example: '1.0.0' }),
});
export type VersionPath = z.output<typeof VersionPath>;

export const VersionPage = z.object({ cursor: Text.max(200).optional().describe('From the `Link` header.') });
export type VersionPage = z.output<typeof VersionPage>;

/** The multipart form of an upload, for the documentation; it is read as a stream. */
export const uploadForm = {
  type: 'object',
  required: ['version', 'tarball'],
  properties: {
    version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$', example: '1.0.0' },
    tarball: { type: 'string', format: 'binary', description: 'The package, a .tar.gz of at most 10485760 bytes.' },
  },
};

export const PublishPrompt = z
  .object({
    name: PromptName,
    description: Text.max(4000),
    tags: NewTags,
    content: Text.min(1),
  })
  .meta({
    id: 'PublishPrompt',
    example: {
      name: 'haiku',
      description: 'A haiku about anything.',
      tags: ['fun'],
      content: 'Write a haiku about {{topic}}.',
    },
  });
export type PublishPrompt = z.output<typeof PublishPrompt>;

export { PromptId, PromptPath };
