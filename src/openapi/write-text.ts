import type { OpenAPIObject } from '@nestjs/swagger';

export function asJson(document: OpenAPIObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export async function asYaml(document: OpenAPIObject): Promise<string> {
  // Loaded at first use, like all that only the document needs.
  const { stringify } = await import('yaml');
  return stringify(document, { aliasDuplicateObjects: false });
}
