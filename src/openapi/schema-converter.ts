import { z } from 'zod';

interface ConvertedSchema {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

/** Turns a zod schema into JSON Schema 2020-12, which OpenAPI 3.1 speaks; schemas with an id become components. */
export function convertZodSchema(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema: _dialect, $defs: components = {}, id: _id, ...rest }: Record<string, unknown> & { $defs?: ConvertedSchema['components'] } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: schemaType,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // What comes in may say more than is read: unknown fields are ignored, and so is what clients add later.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  for (const component of Object.values(components)) delete component.id;
  const id = schema.meta()?.id;
  if (id === undefined) return { schema: rest, components } as ConvertedSchema;
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...components, [id]: rest } } as ConvertedSchema;
}
