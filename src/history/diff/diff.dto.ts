import { z } from 'zod';
import type { JsonValue } from '@promptyard/template/json.js';
import { Text } from '../../common/http/scalars.js';

/** Stored values, which were checked when they came in. */
const Json = z.custom<JsonValue>();
const Variable = z.object({ name: z.string(), required: z.boolean() }).catchall(Json);

export const DiffHunk = z
  .object({
    from_start: z.int().describe('First line of the hunk in the older text, from 1; 0 for an empty text.'),
    from_lines: z.int(),
    to_start: z.int().describe('First line of the hunk in the newer text, from 1; 0 for an empty text.'),
    to_lines: z.int(),
    lines: z
      .array(z.string())
      .describe('Lines without their line feed, each behind a space, `-` or `+`; `\\ No newline at end of file`.'),
  })
  .meta({
    id: 'DiffHunk',
    example: { from_start: 1, from_lines: 2, to_start: 1, to_lines: 2, lines: [' Hello,', '-{{who}}.', '+{{name}}!'] },
  });
export type DiffHunk = z.output<typeof DiffHunk>;

export const VariablesDiff = z
  .object({
    added: z.array(Variable),
    removed: z.array(Variable),
    changed: z.array(z.object({ name: z.string(), from: Variable, to: Variable })),
  })
  .meta({
    id: 'VariablesDiff',
    example: { added: [{ name: 'name', required: true }], removed: [{ name: 'who', required: false }], changed: [] },
  });
export type VariablesDiff = z.output<typeof VariablesDiff>;

export const FieldDiff = z
  .object({
    name: z.string(),
    from: Json.optional().describe('Left out if the field was added; null if its value was null.'),
    to: Json.optional().describe('Left out if the field was removed; null if its value is null.'),
  })
  .meta({ id: 'FieldDiff', example: { name: 'temperature', from: 0.2, to: 0.7 } });
export type FieldDiff = z.output<typeof FieldDiff>;

export const RevisionDiff = z
  .object({
    from: z.int().describe('Number of the older revision.'),
    to: z.int().describe('Number of the newer revision.'),
    unified: z
      .string()
      .describe('Patch from one content to the other, for `patch -p1` and `git apply`; empty if equal.'),
    hunks: z.array(DiffHunk),
    variables: VariablesDiff,
    settings: z.array(FieldDiff).describe('The settings that differ, by name.'),
  })
  .meta({ id: 'RevisionDiff' });
export type RevisionDiff = z.output<typeof RevisionDiff>;

const Side = Text.max(100).describe('Number of a revision, a label or a version.');
export const DiffQuery = z.object({ from: Side, to: Side });
export type DiffQuery = z.output<typeof DiffQuery>;
