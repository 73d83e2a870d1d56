import { z } from 'zod';
import { Text, Time } from '../../common/http/scalars.js';
import { AnyLabelName, production } from '../pointers/label-name.js';
import { VersionNumber } from '../../prompts/version-number.js';
import { type Interval, parseRange } from '../releases/version-range.js';

/** Selects a revision of a prompt. */
export type Selector =
  | { readonly kind: 'label'; readonly label: string; readonly at?: string }
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string; readonly intervals: readonly Interval[] };

const maxNumber = 2_147_483_647;

/** The fields by which a request selects a revision; `number` is how a number comes, as text or as itself. */
const fields = <Number extends z.ZodType<number>>(number: Number) => ({
  label: AnyLabelName.optional().describe('`production`, if nothing is selected.'),
  revision: number.optional().describe('Number of a revision.'),
  version: Text.max(100)
    .optional()
    .describe('A version, or a range like `^1.2`: its highest version that is not yanked.'),
  at: Time.optional().describe('Where the label pointed to then.'),
});

export const querySelectorFields = fields(z.coerce.number().int().min(1).max(maxNumber));
export const bodySelectorFields = fields(z.int().min(1).max(maxNumber));

interface SelectorFields {
  readonly label?: string | undefined;
  readonly revision?: number | undefined;
  readonly version?: string | undefined;
  readonly at?: string | undefined;
}

/** For a schema with the fields above: at most one of them, and a time only with a label. */
export function checkSelector({ value, issues }: z.core.ParsePayload<SelectorFields>): void {
  const problem = (path: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: [path], message });
  const { label, revision, version, at } = value;
  const [, second] = Object.entries({ label, revision, version }).flatMap(([name, selected]) =>
    selected === undefined ? [] : [name],
  );
  if (second !== undefined) problem(second, 'must be the only one of label, revision and version');
  if (at !== undefined && label === undefined) problem('at', 'takes a label');
  if (version !== undefined && !isVersionOrRange(version))
    problem('version', 'must be a version or a range of versions');
}

/** Builds a selector from checked fields. */
export function toSelector({ label, revision, version, at }: SelectorFields): Selector {
  if (revision !== undefined) return { kind: 'revision', revision };
  if (version !== undefined) return versionSelector(version);
  return { kind: 'label', label: label ?? production, ...(at === undefined ? {} : { at }) };
}

/** Parses a selector of one word, as `diff` and includes use it: a number, a label or a version. */
export function parseSelector(word: string): Selector | undefined {
  if (/^[1-9]\d{0,9}$/.test(word))
    return Number(word) > maxNumber ? undefined : { kind: 'revision', revision: Number(word) };
  if (AnyLabelName.safeParse(word).success) return { kind: 'label', label: word };
  return isVersionOrRange(word) ? versionSelector(word) : undefined;
}

function versionSelector(text: string): Selector {
  if (VersionNumber.safeParse(text).success) return { kind: 'version', version: text };
  return { kind: 'range', range: text, intervals: parseRange(text) ?? [] };
}

function isVersionOrRange(text: string): boolean {
  return text.trim() !== '' && parseRange(text) !== undefined;
}
