import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ZodType } from 'zod';
import type { ErrorDefinition } from '../errors/define-error.js';

export const DOCUMENTED_ERRORS = Symbol('documented errors');
export const STREAMED = Symbol('streamed');

/** Declares the answer of an operation: its status, the schema of its body and, for people, what is in it and its headers. */
export const Returns = (
  status: number,
  schema: ZodType | null,
  description: string,
  headers: Readonly<Record<string, string>> = {},
) =>
  applyDecorators(
    HttpCode(status),
    ApiResponse({
      status,
      description,
      headers: describeHeaders(headers),
      ...(schema ? { standardSchema: schema as never } : {}),
    }),
  );

/** Declares the errors that an operation's own rules give; what its access rule or its body imply is added by itself. */
export const Fails = (...errors: readonly ErrorDefinition[]) => SetMetadata(DOCUMENTED_ERRORS, errors);

/** Declares that the answer is sent while it is made: it has no ETag, and is sent again whole. */
export const Streamed = () => SetMetadata(STREAMED, true);

/** One line for people about what an operation does. */
export const Summary = (summary: string, description?: string) => ApiOperation({ summary, description });

function describeHeaders(headers: Readonly<Record<string, string>>) {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
  );
}
