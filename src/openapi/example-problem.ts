import type { OpenAPIObject } from '@nestjs/swagger';
import type { ErrorDetails } from '../common/errors/define-error.js';
import type { Operation } from './documented-operations.js';

type Schema = Exclude<NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string], { $ref: string }>;

/** Something that can be wrong with a request: a field that the operation really has, with the words for it. */
export function exampleProblem({ requestBody, parameters = [] }: Operation, { components }: OpenAPIObject): ErrorDetails {
  if (requestBody && 'content' in requestBody) {
    const { schema } = Object.values(requestBody.content)[0] ?? {};
    return problemWithBody(schema && '$ref' in schema ? components?.schemas?.[nameOf(schema.$ref)] : schema);
  }
  const [query] = parameters.flatMap((each) => ('in' in each && each.in === 'query' ? [each] : []));
  return query ? { [query.name]: problemWith(query.schema) } : {};
}

function problemWithBody(schema: Schema | { $ref: string } | undefined): ErrorDetails {
  if (!schema || '$ref' in schema) return {};
  const [required] = schema.required ?? [];
  if (required !== undefined) return { [required]: 'is required' };
  const [field, type] = Object.entries(schema.properties ?? {})[0] ?? [];
  return field === undefined ? {} : { [field]: problemWith(type) };
}

function problemWith(schema: Schema | { $ref: string } | undefined): string {
  if (!schema || '$ref' in schema) return 'is required';
  if (schema.format === 'date') return 'must be a date, YYYY-MM-DD';
  if (schema.maxLength !== undefined) return `must be at most ${schema.maxLength} characters long`;
  return `must be at most ${schema.maximum}`;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
