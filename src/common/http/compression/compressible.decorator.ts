import type { ZodType } from 'zod';
import { ConfigureRoute, routeConfigOf } from '../../route-config.decorator.js';

const secretAnswers = new WeakSet<ZodType>();

/**
 * Marks the schema of an answer that contains a secret: a token, key, password or signed address. An operation that
 * returns it is never compressed, because the length of a compressed answer tells what its text has in common (BREACH).
 */
export function secretAnswer<Schema extends ZodType>(schema: Schema): Schema {
  secretAnswers.add(schema);
  return schema;
}

/** Lets the answers of an operation be compressed, unless one of its schemas contains a secret. */
export const CompressibleUnlessSecret =
  (schema: ZodType | null): MethodDecorator =>
  (target, key, descriptor) => {
    const { isCompressible = true } = routeConfigOf(descriptor.value as object);
    const containsSecret = schema !== null && secretAnswers.has(schema);
    ConfigureRoute({ isCompressible: isCompressible && !containsSecret })(target, key, descriptor);
  };
