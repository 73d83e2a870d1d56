import { z } from 'zod';
import { JsonRecord } from '../../../common/http/json-scalars.js';
import { Text } from '../../../common/http/scalars.js';
import { PrintableName } from '../../../prompts/names/printable-name.js';
import { Tags, Title } from '../../../prompts/prompts.dto.js';
import { CommitMessage } from '../../../history/revisions/revisions.dto.js';
import { LaxBoolean } from './lax-boolean.js';

const maxGrants = 1000;

/** Grants as the share dialog sends them. An invalid one is ignored. */
const GrantInputs = z
  .array(z.record(z.string(), z.unknown()))
  .max(maxGrants)
  .describe('`principal_type`, `principal_id` and `permission` of each; invalid grants are left out.')
  .meta({ example: [{ principal_type: 'user', principal_id: '*', permission: 'read' }] });
export type GrantInputs = z.output<typeof GrantInputs>;

const names = {
  command: PrintableName.describe('The command; unique among the prompts of the owner.'),
  name: Title.describe('Its title.'),
};
const tags = Tags.nullish().describe('Stay, if left out.');

/** What the editor sends. */
export const CommandForm = z
  .object({
    ...names,
    content: Text.describe('At most 1 MiB of UTF-8.'),
    data: JsonRecord.nullish().describe('Stays, if left out or empty.'),
    meta: JsonRecord.nullish().describe('Stays, if left out or empty.'),
    tags,
    access_grants: GrantInputs.nullish().describe('In place of all grants; stay, if left out.'),
    commit_message: CommitMessage.nullish().transform((message) => message ?? ''),
    is_production: LaxBoolean.nullable().default(true).describe('Whether it becomes live; ignored for a new prompt.'),
  })
  .meta({
    id: 'OpenWebUiPromptForm',
    example: { command: 'summarize', name: 'Summarize', content: 'Summarize {{text}}.', tags: ['writing'] },
  });
export type CommandForm = z.output<typeof CommandForm>;

export const CommandMetaForm = z
  .object({ ...names, tags })
  .meta({ id: 'OpenWebUiPromptMetaForm', example: { command: 'summarize', name: 'Summarize' } });
export type CommandMetaForm = z.output<typeof CommandMetaForm>;

export const CommandVersionForm = z
  .object({ version_id: z.string().describe('Id of an entry of the history.') })
  .meta({ id: 'OpenWebUiPromptVersionForm', example: { version_id: '5f0c9a52-7f4b-4d0e-9f0a-1f6c1f0f7a11' } });
export type CommandVersionForm = z.output<typeof CommandVersionForm>;

export const CommandGrantsForm = z.object({ access_grants: GrantInputs }).meta({
  id: 'OpenWebUiPromptGrantsForm',
  example: { access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }] },
});
export type CommandGrantsForm = z.output<typeof CommandGrantsForm>;
