import type { JsonObject } from '@promptyard/template/json.js';
import type { FieldDiff } from './diff.dto.js';
import { isSameJson } from './same-json.js';

/** The fields that differ, by name. A missing field differs from one that is null. */
export function diffFields(before: JsonObject, after: JsonObject): FieldDiff[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .sort()
    .filter((name) => !isSameJson(valueOf(before, name), valueOf(after, name)))
    .map((name) => ({ name, ...sideOf('from', before, name), ...sideOf('to', after, name) }));
}

function valueOf(fields: JsonObject, name: string) {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function sideOf(side: 'from' | 'to', fields: JsonObject, name: string) {
  const value = valueOf(fields, name);
  return value === undefined ? {} : { [side]: value };
}
