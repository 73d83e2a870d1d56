import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { Identity } from './read-manifest.js';

export interface ManifestContents extends Identity {
  description: string | null;
  author: string | null;
  inputs: readonly TemplateVariable[];
  tags: readonly string[];
  syntax: TemplateSyntax;
  /** Written after all other keys. It must not contain a known key. */
  extra: JsonObject;
}

const maxPlainKeyLength = 1000;

/**
 * The text of `prompt.yaml`. Every value is written as JSON, which is valid YAML 1.2. So the bytes do not depend on a
 * library, and no text is changed.
 */
export function writeManifest(contents: ManifestContents): string {
  const { name, version, description, author, inputs, tags, syntax, extra } = contents;
  return [
    entry('name', name),
    entry('version', version),
    ...(description === null ? [] : [entry('description', description)]),
    ...(author === null ? [] : [entry('author', author)]),
    entry('syntax', syntax),
    ...list('inputs', inputs.map(inputItem)),
    ...list('tags', tags.map(json)),
    ...ownEntries(extra),
    '',
  ].join('\n');
}

function entry(key: string, value: JsonValue): string {
  return `${key}: ${json(value)}`;
}

/** The author's own keys. YAML takes one of up to 1024 characters as it is, and any behind a `?`. */
function ownEntries(fields: JsonObject): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const quoted = json(key);
    return quoted.length <= maxPlainKeyLength ? [entry(quoted, value)] : [`? ${quoted}`, `: ${json(value)}`];
  });
}

function list(key: string, items: string[]): string[] {
  return items.length === 0 ? [`${key}: []`] : [`${key}:`, ...items.map((item) => `  - ${item}`)];
}

function inputItem({ name, required, ...rest }: TemplateVariable): string {
  return [entry('name', name), entry('required', required), ...ownEntries(rest)].join('\n    ');
}

function json(value: JsonValue): string {
  return JSON.stringify(value);
}
