import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { UnsupportedMediaType, ValidationFailed } from '../common/errors/catalogue.js';
import { DomainError, type ErrorDefinition, type ErrorDetails } from '../common/errors/define-error.js';
import { ErrorBody, registryDialect } from '../common/errors/error-dialect.js';
import type { Operation } from './documented-operations.js';
import { convertZodSchema } from './schema-converter.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Responses = Operation['responses'];

/** `NOT_FOUND` -> `NotFoundError`, `VALIDATION_ERROR` -> `ValidationError`. */
function schemaNameOf(code: string): string {
  const words = code.toLowerCase().split('_');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return name.endsWith('Error') ? name : `${name}Error`;
}

/** One schema for each code, so that a program that has read `error` knows what the rest of the body is. */
export function errorSchemas(errors: Iterable<ErrorDefinition>): Schemas {
  const codes = new Set([...errors].map(({ code }) => code));
  return Object.fromEntries([...codes].map((code) => [schemaNameOf(code), schemaOf(code)]));
}

/** An operation's answers for its errors, by status; `problem` is an example of what can be wrong with a request. */
export function errorResponses(errors: readonly ErrorDefinition[], problem: ErrorDetails): Responses {
  const byStatus = Map.groupBy(errors, ({ status }) => String(status));
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, describe(group, problem)]));
}

function schemaOf(code: string): Schemas[string] {
  const details = z.record(z.string(), z.string()).describe('Field -> what is wrong with it.');
  const body = ErrorBody.extend({ error: z.literal(code), ...(code === ValidationFailed.code ? { details } : {}) });
  return convertZodSchema(body, { schemaType: 'output' })?.schema as Schemas[string];
}

function describe(errors: readonly ErrorDefinition[], problem: ErrorDetails): Responses[string] {
  const names = new Set(errors.map(({ code }) => schemaNameOf(code)));
  const [schema, ...others] = [...names].map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return {
    description: errors.map(({ code, message }) => `\`${code}\`: ${message}`).join('; '),
    headers: headersOf(errors),
    content: {
      'application/json': {
        schema: schema && others.length > 0 ? { oneOf: [schema, ...others] } : schema,
        examples: Object.fromEntries(errors.map((error) => [slug(error.message), example(error, problem)])),
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

function example(error: ErrorDefinition, problem: ErrorDetails) {
  const details = error.code === ValidationFailed.code ? problem : error.exampleDetails;
  return { summary: error.message, value: registryDialect(new DomainError(error, details)) };
}

function slug(message: string): string {
  return message.replaceAll(/[^a-zA-Z0-9]+/g, '-');
}
