import { isVariableName } from './variable-name.js';

export const variableTypes = [
  'text',
  'textarea',
  'select',
  'number',
  'checkbox',
  'date',
  'datetime-local',
  'color',
  'email',
  'month',
  'range',
  'tel',
  'time',
  'url',
  'map',
] as const;

export type VariableType = (typeof variableTypes)[number];
type Scalar = string | number | boolean | null;
export type PropertyValue = Scalar | Scalar[];

export interface VariableDefinition {
  type: VariableType;
  required: boolean;
  /** `placeholder`, `options`, `min` and so on; a property without a value is `true`. */
  properties: Record<string, PropertyValue>;
}

/** Further properties are ignored, because no form has more of them for a field. */
const maxProperties = 100;

/**
 * Parses `type:property="value":flag` as Open WebUI does. Lenient: an unknown type, and a value that is not JSON, count
 * as text.
 */
export function parseDefinition(definition: string): VariableDefinition {
  const [first = '', ...parts] = splitAtColons(definition, maxProperties + 1);
  const entries = parts.map(parseProperty).filter(([name]) => isVariableName(name));
  const { required, ...properties } = Object.fromEntries(entries);
  return { type: parseType(first), required: required === true, properties };
}

function parseType(text: string): VariableType {
  const name = text.replace(/^type\s*=\s*/, '');
  return variableTypes.find((type) => type === name) ?? 'text';
}

function parseProperty(part: string): [name: string, value: PropertyValue] {
  const equals = part.indexOf('=');
  if (equals < 0) return [part, true];
  return [part.slice(0, equals).trim(), parseValue(part.slice(equals + 1).trim())];
}

function parseValue(text: string): PropertyValue {
  try {
    const value: unknown = JSON.parse(text);
    return isPropertyValue(value) && isStorable(value) ? value : text;
  } catch {
    return text;
  }
}

function isPropertyValue(value: unknown): value is PropertyValue {
  return isScalar(value) || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== 'object';
}

/** Escaped NUL characters and lone surrogates are valid JSON, but PostgreSQL cannot store them. */
function isStorable(value: PropertyValue): boolean {
  return [value].flat().every((item) => typeof item !== 'string' || (item.isWellFormed() && !item.includes('\0')));
}

/** The first `limit` of the trimmed parts between colons that are outside of strings and brackets. */
function splitAtColons(text: string, limit: number): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { index, 0: mark } of text.matchAll(/"[^"\\]*(?:\\[^][^"\\]*)*"?|\[+|\]+|:/g)) {
    if (mark.startsWith('[')) depth += mark.length;
    if (mark.startsWith(']')) depth -= mark.length;
    if (mark !== ':' || depth > 0) continue;
    parts.push(text.slice(start, index).trim());
    start = index + 1;
    if (parts.length === limit) return parts;
  }
  return [...parts, text.slice(start).trim()];
}
