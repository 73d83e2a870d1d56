import { isScalar, type YAMLMap } from 'yaml';
import type { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';
import { InvalidPackage, quote } from '../invalid-package.js';
import { ManifestFields } from './manifest.schema.js';
import { readYamlMapping } from './read-yaml.js';
import { yamlToJson } from './yaml-to-json.js';

export interface Identity {
  name: string;
  version: string;
}

export interface Manifest {
  /** The whole mapping as JSON. */
  json: JsonObject;
  fields: ManifestFields;
  /** The keys of the mapping that are neither identity nor known fields. */
  extra: JsonObject;
}

const knownKeys: ReadonlySet<string> = new Set(['name', 'version', ...Object.keys(ManifestFields.shape)]);

/** Reads the text of `prompt.yaml`, which must belong to the expected prompt and version. Throws InvalidPackage. */
export async function readManifest(text: string, expected: Identity): Promise<Manifest> {
  const mapping = await readYamlMapping(text);
  const json = yamlToJson(mapping);
  keepSourceText(json, mapping.root, 'name');
  keepSourceText(json, mapping.root, 'version');
  assertSame('name', json, expected.name, 'the prompt is');
  assertSame('version', json, expected.version, 'the uploaded version is');
  return { json, fields: readFields(json), extra: unknownKeys(json) };
}

/** A prompt may be called `2024` or `true`, which YAML does not read as text without quotes. */
function keepSourceText(json: JsonObject, root: YAMLMap, field: keyof Identity): void {
  const type = typeof json[field];
  const node = type === 'number' || type === 'boolean' ? root.get(field, true) : undefined;
  if (isScalar(node) && node.source !== undefined) json[field] = node.source;
}

function assertSame(field: keyof Identity, json: JsonObject, expected: string, whose: string): void {
  const value = json[field] ?? undefined;
  if (value === undefined) throw wrongField(field, 'is missing');
  if (typeof value !== 'string') throw wrongField(field, 'must be text');
  if (value !== expected) throw wrongField(field, `is ${quote(value)}, but ${whose} ${quote(expected)}`);
}

function unknownKeys(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !knownKeys.has(key)));
}

function readFields(json: JsonObject): ManifestFields {
  const parsed = ManifestFields.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrongField(fieldPath(issue?.path ?? []), issue?.message ?? 'is wrong');
}

function fieldPath(path: z.core.$ZodIssue['path']): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);
}

function wrongField(field: string, problem: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml: ${field} ${problem}`);
}
