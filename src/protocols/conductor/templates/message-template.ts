import { z } from 'zod';
import { shownAs } from '@promptyard/template/convert-syntax.js';
import { findVariableNames } from '@promptyard/template/variables.js';
import type { ConductorVersion } from '../../../history/pointers/conductor-version-reader.js';
import { shownSettings, TemplateSettings } from './template-settings.js';
import { readTag, ShownTag } from './tags/template-tag.js';

const Milliseconds = z.int().describe('Milliseconds since 1970.');

export const MessageTemplate = z
  .object({
    name: z.string(),
    description: z.string(),
    template: z.string().describe('The text, with its variables as `${name}`.'),
    version: z.int(),
    variables: z.array(z.string()).describe('Names of the variables, in the order of their first use.'),
    tags: z.array(ShownTag),
    ...TemplateSettings.shape,
    ownerApp: z.string(),
    createdBy: z.string(),
    updatedBy: z.string(),
    createTime: Milliseconds,
    updateTime: Milliseconds,
    createdOn: Milliseconds.describe('`createTime`, for older clients.'),
    updatedOn: Milliseconds.describe('`updateTime`, for older clients.'),
  })
  .meta({ id: 'MessageTemplate' });
export type MessageTemplate = z.output<typeof MessageTemplate>;

export const MessageTemplateList = z.array(MessageTemplate).meta({ id: 'MessageTemplateList' });

export function toMessageTemplate(version: ConductorVersion): MessageTemplate {
  const template = shownAs({ text: version.content, syntax: version.syntax }, 'dollar');
  const [created, updated] = [Date.parse(version.createdAt), Date.parse(version.movedAt)];
  return {
    name: version.name,
    description: version.description ?? '',
    template,
    version: version.integer,
    variables: findVariableNames(template, 'dollar'),
    tags: version.tags.map(readTag),
    ...shownSettings(version.settings),
    ownerApp: '',
    createdBy: version.createdBy,
    updatedBy: version.movedBy,
    createTime: created,
    updateTime: updated,
    createdOn: created,
    updatedOn: updated,
  };
}

export function toTemplateJson(version: ConductorVersion): string {
  return JSON.stringify(toMessageTemplate(version));
}
