import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DomainError } from './define-error.js';

/** The flat body of an error on `/v1`. `details` is left out where there is nothing to say. */
export const ErrorBody = z
  .object({ error: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() })
  .meta({ id: 'Error' });

/** How one protocol writes an error into a body. */
export type ErrorDialect = (error: DomainError) => object;

export const registryDialect: ErrorDialect = ({ definition, details }) => ({
  error: definition.code,
  message: definition.message,
  ...(details ? { details } : {}),
});

/** The dialect of the protocol that a request belongs to. */
export function dialectOf(_request: FastifyRequest): ErrorDialect {
  return registryDialect;
}
