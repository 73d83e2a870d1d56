import { z } from 'zod';

interface ConvertedSchema {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

type JsonSchema = Record<string, unknown> & { $defs?: ConvertedSchema['components'] };

/** Converts a zod schema to JSON Schema 2020-12 for OpenAPI 3.1. Schemas with an id become components. */
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
  // Answers of a later server may have unknown fields; in requests only strict schemas refuse them.
  if (schemaType === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  // Limits that every safe integer satisfies are left out.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
