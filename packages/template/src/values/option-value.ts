import type { TemplateVariable } from '../template-variable.js';

/** A list that is longer is not spelled out. */
const maxListedLength = 200;

/** Options are compared as text: `1` and `"1"` are the same choice. No list of scalars, no rule. */
export function optionProblem(text: string, { options }: TemplateVariable): string | undefined {
  const choices = Array.isArray(options) ? options.filter(isScalar).map(String) : [];
  if (choices.length === 0 || choices.includes(text)) return undefined;
  const listed = choices.join(', ');
  return listed.length > maxListedLength ? `must be one of its ${choices.length} options` : `must be one of ${listed}`;
}

function isScalar(option: unknown): option is string | number | boolean {
  return typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean';
}
