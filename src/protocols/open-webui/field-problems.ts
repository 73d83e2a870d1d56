import { z } from 'zod';
import { maxFields } from '../../common/errors/bounded-error.js';
import type { DomainError, InvalidInput } from '../../common/errors/define-error.js';
import { excerptOf } from '../../common/errors/excerpt.js';

/** A validation problem in the format of FastAPI. */
export const FieldProblem = z.object({
  type: z
    .string()
    .describe('`missing`, `string_type`, `list_type`, `dict_type`, `bool_parsing`, `int_parsing` and so on.'),
  loc: z.array(z.union([z.string(), z.int()])).describe('Path of the field, beginning with `body`, `query` or `path`.'),
  msg: z.string(),
  input: z
    .unknown()
    .describe('The value that was sent, or its beginning; for a missing field, the object that lacks it.'),
});
type FieldProblem = z.output<typeof FieldProblem>;

type Issue = InvalidInput['issues'][number] & { readonly code?: string; readonly expected?: string };

const messages: Readonly<Record<string, string>> = {
  missing: 'Field required',
  string_type: 'Input should be a valid string',
  list_type: 'Input should be a valid list',
  dict_type: 'Input should be a valid dictionary',
  bool_type: 'Input should be a valid boolean',
  bool_parsing: 'Input should be a valid boolean, unable to interpret input',
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  model_attributes_type: 'Input should be a valid dictionary or object to extract fields from',
};

/** The error types by expected type: for text input, and for other input. */
const typesOf: Readonly<Record<string, readonly [ofText: string, ofOther: string]>> = {
  string: ['string_type', 'string_type'],
  array: ['list_type', 'list_type'],
  record: ['dict_type', 'dict_type'],
  boolean: ['bool_parsing', 'bool_type'],
  number: ['int_parsing', 'int_type'],
  int: ['int_parsing', 'int_type'],
};

/** All problems of a validation error. */
export function problemsOf({ context: { invalid }, details = {} }: DomainError): FieldProblem[] {
  if (invalid) return invalid.issues.slice(0, maxFields).map((issue) => problemOf(issue, invalid));
  return Object.entries(details).map(([field, problem]) => {
    const loc = ['body', ...field.split('.').filter((part) => part !== 'body')];
    return problem === 'is required' ? toProblem('missing', loc, {}) : toValueError(String(problem), loc, null);
  });
}

function problemOf(issue: Issue, { place, value }: InvalidInput): FieldProblem {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const loc = [place, ...path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'json_invalid') return { type: issue.code, loc, msg: issue.message, input: value };
  const input = path.reduce(childOf, value);
  const isMissing = input === undefined;
  if (isMissing) return toProblem('missing', loc, path.length > 0 ? path.slice(0, -1).reduce(childOf, value) : null);
  const type = typeOf(issue, input, path.length === 0);
  return type ? toProblem(type, loc, input) : toValueError(issue.message, loc, input);
}

function typeOf({ code, expected = '' }: Issue, input: unknown, isWhole: boolean): string | undefined {
  if (code !== 'invalid_type') return undefined;
  if (isWhole && expected === 'object') return 'model_attributes_type';
  const [ofText, ofOther] = typesOf[expected === 'object' ? 'record' : expected] ?? [];
  return typeof input === 'string' || typeof input === 'number' ? ofText : ofOther;
}

function childOf(parent: unknown, key: PropertyKey): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) return undefined;
  return (parent as Record<PropertyKey, unknown>)[key];
}

function toProblem(type: string, loc: (string | number)[], input: unknown): FieldProblem {
  return { type, loc, msg: messages[type] ?? type, input: excerptOf(input) };
}

/** For rules that only this server has. */
function toValueError(problem: string, loc: (string | number)[], input: unknown): FieldProblem {
  return { type: 'value_error', loc, msg: `Value error, ${problem}`, input: excerptOf(input) };
}
