import type { ConductorVersionName } from '../../../../history/labels/conductor-versions.service.js';
import type { BulkTemplate, CreateTemplate, SaveTemplate } from '../templates.dto.js';
import { defaultSettings, type TemplateSettings } from '../template-settings.js';

/** One save, whichever request asks for it. */
export interface TemplateSave {
  readonly name: string;
  readonly template: string;
  /** Stays, if left out. */
  readonly description?: string | undefined;
  /** What is left out stays. */
  readonly settings: Partial<TemplateSettings>;
  /** The version to save: this one, the highest there is, or one above it. */
  readonly version: ConductorVersionName;
  /** Whether a version that is saved over looks as if it had been created now. */
  readonly resetCreated: boolean;
}

/** PUT saves over what there is, and keeps what it does not name. */
export function toSave(name: string, template: string, { description, models, version }: SaveTemplate): TemplateSave {
  const settings = models ? { integrations: models } : {};
  return { name, template, description, settings, version: version ?? 'highest', resetCreated: false };
}

/** POST makes a version, also in the place of another one. */
export function toCreation(name: string, template: string, wish: CreateTemplate): TemplateSave {
  const { description, models = [], version = 1, autoIncrement } = wish;
  const settings = { ...defaultSettings, integrations: models };
  return { name, template, description, settings, version: autoIncrement ? 'next' : version, resetCreated: true };
}

/** Like PUT, with what only a body has room for. */
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
