import { z } from 'zod';

interface ConvertedSchema {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

type JsonSchema = Record<string, unknown> & { $defs?: ConvertedSchema['components'] };

/** Turns a zod schema into JSON Schema 2020-12, which OpenAPI 3.1 speaks; schemas with an id become components. */
export function convertZodSchema(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const json = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: schemaType,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema, schemaType),
  });
  const text = JSON.stringify(json).replaceAll('#/$defs/', '#/components/schemas/');
  const { $schema: _dialect, $defs: components = {}, ...rest } = JSON.parse(text) as JsonSchema;
  return { schema: rest, components } satisfies ConvertedSchema;
}

function tidy(jsonSchema: z.core.JSONSchema.BaseSchema, schemaType: 'input' | 'output'): void {
  // Unknown fields may come with a later server in answers; in requests only strict schemas refuse them.
  if (schemaType === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  // What every safe integer fulfils says nothing.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
