import { z } from 'zod';
import type { JsonValue } from '@promptyard/template/json.js';
import { isVariableName } from '@promptyard/template/variable-name.js';
import { quote } from '../invalid-package.js';

const InputName = z
  .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be text') })
  .refine(isVariableName, { error: (issue) => `is ${quote(String(issue.input))}, which is no name of a variable` });

/**
 * Other keys of an input belong to the author. They are JSON already, because the schema reads the result of
 * yamlToJson.
 */
const Input = z
  .object(
    {
      name: InputName,
      required: z.boolean({ error: 'must be true or false' }).default(false),
    },
    { error: 'must be a mapping with a name' },
  )
  .catchall(z.custom<JsonValue>());

function eachNameOnce({ value, issues }: z.core.ParsePayload<z.infer<typeof Input>[]>): void {
  const seen = new Set<string>();
  const index = value.findIndex(({ name }) => seen.size === seen.add(name).size);
  if (index >= 0) issues.push({ code: 'custom', input: value, path: [index, 'name'], message: 'is there twice' });
}

const text = (error: string) => z.string({ error });

/** The fields of `prompt.yaml` that the server reads; all others are the author's own. */
export const ManifestFields = z.object({
  description: text('must be text').nullable().default(null),
  author: text('must be text').nullable().default(null),
  inputs: z.array(Input, { error: 'must be a list of inputs, each with a name' }).default([]).check(eachNameOnce),
  tags: z.array(text('must be text'), { error: 'must be a list of texts' }).default([]),
  syntax: z.enum(['braces', 'dollar'], { error: 'must be braces or dollar' }).default('braces'),
});

export type ManifestFields = z.infer<typeof ManifestFields>;
