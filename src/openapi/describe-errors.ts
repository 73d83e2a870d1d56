import type { OpenAPIObject } from '@nestjs/swagger';
import { UnsupportedMediaType, ValidationFailed } from '../common/errors/catalogue.js';
import { DomainError, type ErrorDefinition, type ErrorDetails } from '../common/errors/define-error.js';
import type { ErrorDialect } from '../common/errors/error-dialect.js';
import type { Operation } from './documented-operations.js';
import { convertZodSchema } from './schema-converter.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Responses = Operation['responses'];

const exampleMachine = 'promptyard-1';

/** The schemas of these errors' bodies, by their names. */
export function errorSchemas(errors: Iterable<ErrorDefinition>, dialect: ErrorDialect): Schemas {
  const schemas = new Map(Array.from(errors, dialect.schemaOf).map(({ name, schema }) => [name, schema]));
  return Object.fromEntries([...schemas].map(([name, schema]) => [name, jsonSchemaOf(schema)]));
}

/** An operation's answers for its errors, by status; `problem` is an example of what can be wrong with a request. */
export function errorResponses(
  errors: readonly ErrorDefinition[],
  problem: ErrorDetails,
  dialect: ErrorDialect,
): Responses {
  const byStatus = Map.groupBy(errors, (error) => String(dialect.statusOf(new DomainError(error))));
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, describe(group, problem, dialect)]));
}

function jsonSchemaOf(schema: unknown): Schemas[string] {
  return convertZodSchema(schema, { schemaType: 'output' })?.schema as Schemas[string];
}

function describe(errors: readonly ErrorDefinition[], problem: ErrorDetails, dialect: ErrorDialect): Responses[string] {
  const names = new Set(errors.map((error) => dialect.schemaOf(error).name));
  const [schema, ...others] = [...names].map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return {
    description: errors.map((error) => inWords(error, dialect)).join('; '),
    headers: headersOf(errors),
    content: {
      'application/json': {
        schema: schema && others.length > 0 ? { oneOf: [schema, ...others] } : schema,
        examples: Object.fromEntries(errors.map((error) => [slug(error.message), example(error, problem, dialect)])),
      },
    },
  };
}

function headersOf(errors: readonly ErrorDefinition[]): Record<string, { $ref: string }> {
  const isRetryable = errors.some(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  const isMediaType = errors.some(({ code }) => code === UnsupportedMediaType.code);
  return {
    ...(isRetryable ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    ...(isMediaType ? { 'Accept-Post': { $ref: '#/components/headers/AcceptPost' } } : {}),
  };
}

/** With the code that programs read, where the dialect has one. */
function inWords(error: ErrorDefinition, dialect: ErrorDialect): string {
  const body = dialect.bodyOf(new DomainError(error), exampleMachine);
  return 'error' in body ? `\`${String(body.error)}\`: ${error.message}` : error.message;
}

function example(error: ErrorDefinition, problem: ErrorDetails, dialect: ErrorDialect) {
  const details = error.code === ValidationFailed.code ? problem : error.exampleDetails;
  return { summary: error.message, value: dialect.bodyOf(new DomainError(error, details), exampleMachine) };
}

function slug(message: string): string {
  return message.replaceAll(/[^a-zA-Z0-9]+/g, '-');
}
