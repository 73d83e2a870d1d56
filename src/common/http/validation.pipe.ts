import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { maxFields, moreProblems } from '../errors/bounded-error.js';
import { ValidationFailed } from '../errors/catalogue.js';

// Wording that every schema shares, so that `details` reads the same in every operation.
z.config({
  customError: (issue) => {
    if (issue.code === 'invalid_type') {
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)} ${issue.expected}`;
    }
    if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unit(issue.origin)}`;
    if (issue.code === 'too_small') return `must be at least ${issue.minimum}${unit(issue.origin)}`;
    if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
    return undefined;
  },
});

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

/**
 * Field -> what is wrong with it, all fields at once up to a limit, the first problem of each. The whole value is called
 * `body`.
 */
export function toDetails(issues: readonly StandardSchemaV1.Issue[]): Record<string, string> {
  const details = new Map<string, string>();
  for (const [field, problem] of issues.flatMap(problemsOf)) {
    if (details.has(field)) continue;
    if (details.size === maxFields) return { ...Object.fromEntries(details), ...moreProblems };
    details.set(field, problem);
  }
  return Object.fromEntries(details);
}

/** One problem, or one for each field that is not known. */
function problemsOf(issue: StandardSchemaV1.Issue): [field: string, problem: string][] {
  const segments = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const { code, keys } = issue as Partial<z.core.$ZodIssueUnrecognizedKeys>;
  if (code !== 'unrecognized_keys' || !keys) return [[segments.join('.') || 'body', issue.message]];
  return keys.map((key) => [[...segments, key].join('.'), 'is not known here']);
}

/** Validates what comes in with the zod schema of its parameter and answers every problem at once. */
class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema, type } = metadata;
    if (!schema || !this.toValidate(metadata)) return value;
    const result = await this.validate<T>(value, schema);
    if (!result.issues) return result.value;
    const place = type === 'param' ? 'path' : type;
    throw ValidationFailed(toDetails(result.issues), { invalid: { place, value, issues: result.issues } });
  }
}

export const validationPipe = new ValidationPipe();
