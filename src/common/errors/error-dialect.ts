import { z } from 'zod';
import type { Protocol } from '../protocol.js';
import { ValidationFailed } from './catalogue.js';
import type { DomainError, ErrorDefinition } from './define-error.js';

/** How one protocol answers errors. */
export interface ErrorDialect {
  readonly statusOf: (error: DomainError) => number;
  /** @param machine the name of the machine that answers */
  readonly bodyOf: (error: DomainError, machine: string) => object;
  /** The schema of an error's body, and the name of that schema in the OpenAPI document. */
  readonly schemaOf: (error: ErrorDefinition) => { readonly name: string; readonly schema: z.ZodType };
}

/** The flat body of an error on `/v1`. `details` is left out where there is nothing to say. */
const ErrorBody = z
  .object({ error: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() })
  .meta({ id: 'Error' });

/** The registry's. One schema for each code, so that a program that has read `error` knows what the rest of the body is. */
export const registryDialect: ErrorDialect = {
  statusOf: ({ definition }) => definition.status,
  bodyOf: ({ definition, details }) => ({
    error: definition.code,
    message: definition.message,
    ...(details ? { details } : {}),
  }),
  schemaOf: ({ code }) => {
    const details = z.record(z.string(), z.string()).describe('Field -> what is wrong with it.');
    const schema = ErrorBody.extend({ error: z.literal(code), ...(code === ValidationFailed.code ? { details } : {}) });
    return { name: schemaNameOf(code), schema };
  },
};

const dialects = new Map<Protocol, ErrorDialect>([['registry', registryDialect]]);

/** Declares how a protocol answers errors. */
export function registerDialect(protocol: Protocol, dialect: ErrorDialect): void {
  dialects.set(protocol, dialect);
}

/** How a protocol answers errors; as the registry does, where it has declared nothing else. */
export function dialectOf(protocol: Protocol): ErrorDialect {
  return dialects.get(protocol) ?? registryDialect;
}

/** `NOT_FOUND` -> `NotFoundError`, `VALIDATION_ERROR` -> `ValidationError`. */
function schemaNameOf(code: string): string {
  const words = code.toLowerCase().split('_');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return name.endsWith('Error') ? name : `${name}Error`;
}
