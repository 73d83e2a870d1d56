import { z } from 'zod';
import { ValidationFailed } from '../errors/catalogue.js';

/**
 * The body of a PATCH: each field may be left out, but not all of them. A field that is not known is refused by name, so
 * that a mistyped one does not look like a success. Fields of `identity` say what the path says, and change nothing.
 */
export function patchOf<Fields extends z.ZodRawShape, Identity extends z.ZodRawShape>(
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

/** Of each field what the body says, and what it must be. @throws ValidationFailed for those that differ */
export function assertSameIdentity(
  fields: Readonly<Record<string, readonly [said: string | undefined, is: string]>>,
): void {
  const differing = Object.entries(fields).filter(([, [said, is]]) => said !== undefined && said !== is);
  if (differing.length === 0) return;
  throw ValidationFailed(Object.fromEntries(differing.map(([field]) => [field, 'must be that of the path'])));
}
