import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';

/** The model settings of a template. */
export const TemplateSettings = z.object({
  integrations: z.array(z.string()).describe('Models, as `provider:model`.'),
  temperature: z.number(),
  topP: z.number(),
  responseFormat: z.string(),
  stopWords: z.array(z.string()),
});
export type TemplateSettings = z.output<typeof TemplateSettings>;

/** Defaults for settings that are missing or that clients do not understand. */
export const defaultSettings: TemplateSettings = {
  integrations: [],
  temperature: 0.1,
  topP: 1,
  responseFormat: 'text',
  stopWords: [],
};

const names = TemplateSettings.keyof().options;

export function shownSettings(settings: JsonObject): TemplateSettings {
  const saved = names.filter((name) => Object.hasOwn(settings, name));
  // Most templates have none, and a list has thousands of templates.
  if (saved.length === 0) return { ...defaultSettings, integrations: [], stopWords: [] };
  const shown: Record<string, unknown> = { ...defaultSettings };
  for (const name of saved) {
    const { success, data } = TemplateSettings.shape[name].safeParse(settings[name]);
    if (success) shown[name] = data;
  }
  return TemplateSettings.parse(shown);
}

/** The settings of the revision after a save. Settings that the save does not change stay as they are. */
export function changedSettings(before: JsonObject, change: Partial<TemplateSettings>): JsonObject {
  const shown = shownSettings(before);
  const after = new Map(Object.entries(before));
  for (const name of names) {
    const wanted = change[name];
    if (wanted === undefined || isDeepStrictEqual(wanted, shown[name])) continue;
    if (isDeepStrictEqual(wanted, defaultSettings[name])) after.delete(name);
    else after.set(name, wanted);
  }
  return Object.fromEntries(after);
}
