import type { ConductorVersionName } from '../../../../history/pointers/conductor-versions.service.js';
import type { BulkTemplate, CreateTemplate, SaveTemplate } from '../templates.dto.js';
import { defaultSettings, type TemplateSettings } from '../template-settings.js';

/** A save of a template, independent of the request. */
export interface TemplateSave {
  readonly name: string;
  readonly template: string;
  /** Stays as it is if it is missing. */
  readonly description?: string | undefined;
  /** Missing settings stay as they are. */
  readonly settings: Partial<TemplateSettings>;
  /** The version to save: this one, the highest there is, or one above it. */
  readonly version: ConductorVersionName;
  /** Whether a version that is saved over looks as if it had been created now. */
  readonly resetCreated: boolean;
}

/** PUT replaces the version, and keeps missing fields. */
export function fromPut(name: string, template: string, { description, models, version }: SaveTemplate): TemplateSave {
  const settings = models ? { integrations: models } : {};
  return { name, template, description, settings, version: version ?? 'highest', resetCreated: false };
}

/** POST creates a version, or replaces an existing one. */
export function fromPost(name: string, template: string, input: CreateTemplate): TemplateSave {
  const { description, models = [], version = 1, autoIncrement } = input;
  const settings = { ...defaultSettings, integrations: models };
  return { name, template, description, settings, version: autoIncrement ? 'next' : version, resetCreated: true };
}

/** Like PUT, with the fields of a bulk request. */
export function fromBulk({ name, template, version, description, ...settings }: BulkTemplate): TemplateSave {
  return {
    name,
    template,
    description: description ?? undefined,
    settings: {
      integrations: settings.integrations ?? undefined,
      temperature: settings.temperature ?? undefined,
      topP: settings.topP ?? undefined,
      responseFormat: settings.responseFormat ?? undefined,
      stopWords: settings.stopWords ?? undefined,
    },
    version: version ?? 'highest',
    resetCreated: false,
  };
}
