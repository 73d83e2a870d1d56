import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { ZodType } from 'zod';
import { ApiHeader, ApiOperation, ApiResponse } from '../openapi.decorators.js';
import { CompressibleUnlessSecret } from './compression/compressible.decorator.js';
import type { ErrorDefinition } from '../errors/define-error.js';

export const documentedErrorsKey = Symbol('documented errors');
export const streamedKey = Symbol('streamed');
export const textAnswerKey = Symbol('text answer');

/** Declares the answer of an operation: its status, the schema of its body and, for people, what is in it and its headers. */
export const Returns = (
  status: number,
  schema: ZodType | null,
  description: string,
  headers: Readonly<Record<string, string>> = {},
) =>
  applyDecorators(
    HttpCode(status),
    CompressibleUnlessSecret(schema),
    ApiResponse({
      status,
      description,
      headers: describeHeaders(headers),
      ...(schema ? { standardSchema: schema as never } : {}),
    }),
  );

/** Declares the errors of an operation. Errors that follow from its access rule or its body are added automatically. */
export const Fails = (...errors: readonly ErrorDefinition[]) => SetMetadata(documentedErrorsKey, errors);

/** Declares that the answer is streamed: it has no ETag and is always sent completely. */
export const Streamed = () => SetMetadata(streamedKey, true);

/** Declares that the answer is also available as a text of this media type. */
export const AlsoAsText = (type: string) => SetMetadata(textAnswerKey, type);

/** Declares the header that guards against a lost update. */
export const TakesIfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The `ETag` that a read or a save returned: if it is not current, 412.',
    schema: { type: 'string' },
  });

/** One line for people about what an operation does. */
export const Summary = (summary: string, description?: string) => ApiOperation({ summary, description });

function describeHeaders(headers: Readonly<Record<string, string>>) {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
  );
}
