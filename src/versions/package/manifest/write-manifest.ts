import type { TemplateSyntax } from '../../../prompts/template/tokenize.js';
import type { JsonValue } from '../../../common/json.js';
import type { TemplateVariable } from '../../../prompts/template/template-variable.js';
import type { Identity } from './read-manifest.js';

export interface ManifestContents extends Identity {
  description: string | null;
  author: string | null;
  inputs: readonly TemplateVariable[];
  tags: readonly string[];
  syntax: TemplateSyntax;
}

/**
 * The text of `prompt.yaml`. Every value is written as JSON, which YAML 1.2 contains: no library decides on quotes or
 * line breaks, so the bytes stay the same for ever and no text is changed on its way.
 */
export function writeManifest({ name, version, description, author, inputs, tags, syntax }: ManifestContents): string {
  return [
    entry('name', name),
    entry('version', version),
    ...(description === null ? [] : [entry('description', description)]),
    ...(author === null ? [] : [entry('author', author)]),
    entry('syntax', syntax),
    ...list('inputs', inputs.map(inputItem)),
    ...list('tags', tags.map(json)),
    '',
  ].join('\n');
}

function entry(key: string, value: JsonValue): string {
  return `${key}: ${json(value)}`;
}

function list(key: string, items: string[]): string[] {
  return items.length === 0 ? [`${key}: []`] : [`${key}:`, ...items.map((item) => `  - ${item}`)];
}

function inputItem({ name, required, ...rest }: TemplateVariable): string {
  const others = Object.entries(rest).map(([key, value]) => entry(json(key), value));
  return [entry('name', name), entry('required', required), ...others].join('\n    ');
}

function json(value: JsonValue): string {
  return JSON.stringify(value);
}
