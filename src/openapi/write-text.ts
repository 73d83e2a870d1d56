import type { OpenAPIObject } from '@nestjs/swagger';
import { stringify } from 'yaml';

export function asJson(document: OpenAPIObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function asYaml(document: OpenAPIObject): string {
  return stringify(document, { aliasDuplicateObjects: false });
}
