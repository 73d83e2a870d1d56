import { z } from 'zod';
import { ValidationFailed } from '../errors/catalogue.js';

/**
 * The body of a PATCH: each field is optional, but not all of them. An unknown field is refused by name, so that a
 * mistyped one does not look like a success. Fields of `identity` repeat the path and change nothing.
 */
export function patchSchema<Fields extends z.ZodRawShape, Identity extends z.ZodRawShape>(
  fields: Fields,
  identity: Identity,
) {
  const changesSomething = (body: object) => Object.keys(body).some((field) => field in fields);
  return z
    .strictObject({ ...fields, ...identity })
    .partial()
    .refine(changesSomething, 'names nothing that can be changed')
    .meta({ minProperties: 1 });
}

/** Compares the given and the expected value of each field. @throws ValidationFailed for fields that differ */
export function assertSameIdentity(
  fields: Readonly<Record<string, readonly [said: string | undefined, is: string]>>,
): void {
  const differing = Object.entries(fields).filter(([, [given, expected]]) => given !== undefined && given !== expected);
  if (differing.length === 0) return;
  throw ValidationFailed(Object.fromEntries(differing.map(([field]) => [field, 'must be that of the path'])));
}
