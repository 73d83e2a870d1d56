import { type TemplateVariable, typeOf } from '../template-variable.js';
import { problemOfType } from './value-types.js';

/** The text of a variable. `isGiven` is false for the empty text of a missing value. */
export interface Filling {
  text: string;
  isGiven: boolean;
}

/**
 * Reads the value given for a variable, a scalar of JSON, as its type and its properties demand. No value (null or
 * undefined) is the default, which is taken as it is: the caller could not mend what the author wrote.
 */
export function readValue(variable: TemplateVariable, value: unknown): Filling | { problem: string } {
  if (value === null || value === undefined) return readDefault(variable);
  const text = scalarText(value);
  if (text === undefined) return { problem: 'must be text, a number, true or false' };
  if (!text.isWellFormed()) return { problem: 'must be valid Unicode' };
  const problem = problemOfType(typeOf(variable), text, variable);
  return problem === undefined ? { text, isGiven: true } : { problem };
}

function readDefault(variable: TemplateVariable): Filling | { problem: string } {
  const text = defaultText(variable);
  if (text !== undefined) return { text, isGiven: true };
  return variable.required ? { problem: 'is required' } : { text: '', isGiven: false };
}

/** What fills in for a value that is not given, if the author named a scalar. */
export function defaultText(variable: TemplateVariable): string | undefined {
  return scalarText(variable['default']);
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isFinite(value) ? String(value) : undefined;
}
