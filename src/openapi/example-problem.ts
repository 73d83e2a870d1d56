import type { OpenAPIObject } from '@nestjs/swagger';
import type { ErrorDetails } from '../common/errors/define-error.js';
import type { Operation } from './documented-operations.js';

type Schema = Exclude<NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string], { $ref: string }>;

/** An example of a validation problem, with a field that the operation has. */
export function exampleProblem({ requestBody, parameters = [] }: Operation, { components }: OpenAPIObject): ErrorDetails {
  if (requestBody && 'content' in requestBody) {
    const { schema } = Object.values(requestBody.content)[0] ?? {};
    const problem = problemWithBody(schema && '$ref' in schema ? components?.schemas?.[nameOf(schema.$ref)] : schema);
    if (problem) return problem;
  }
  const inPlace = (place: string) => parameters.flatMap((each) => ('in' in each && each.in === place ? [each] : []));
  const [parameter] = [...inPlace('query'), ...inPlace('path')];
  return parameter ? { [parameter.name]: problemWith(parameter.schema) } : {};
}

function problemWithBody(schema: Schema | { $ref: string } | undefined): ErrorDetails | undefined {
  if (!schema || '$ref' in schema) return undefined;
  const { items, required: [required] = [], properties = {} } = schema;
  if (items) return { 0: 'is required' };
  if (required !== undefined) return { [required]: 'is required' };
  const [field, type] = Object.entries(properties)[0] ?? [];
  return field === undefined ? undefined : { [field]: problemWith(type) };
}

function problemWith(schema: Schema | { $ref: string } | undefined): string {
  if (!schema || '$ref' in schema) return 'is required';
  const [first] = schema.anyOf ?? [];
  if (first) return problemWith(first);
  if (schema.format === 'date') return 'must be a date, YYYY-MM-DD';
  if (schema.maxLength !== undefined) return `must be at most ${schema.maxLength} characters long`;
  return schema.maximum === undefined ? 'is not valid' : `must be at most ${schema.maximum}`;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
