import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@promptyard/template/json.js';
import { type TemplateVariable, withFound } from '@promptyard/template/template-variable.js';
import { buildPackage } from '@promptyard/package-format/build-package.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { Identity } from '@promptyard/package-format/manifest/read-manifest.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import type { ExportedRevision } from '@promptyard/import/archive/archive-format.js';

/** The variables that must be declared again. The others are found in the text. */
export function declaredVariablesOf({ variables, content, syntax }: ExportedRevision): JsonObject[] {
  const shown = variables as unknown as TemplateVariable[];
  const found = new Map(withFound([], content, syntax).map((variable) => [variable.name, variable]));
  const lastDeclared = shown.findLastIndex((variable) => !isDeepStrictEqual(found.get(variable.name), variable));
  const declared = shown.slice(0, lastDeclared + 1);
  // If the variables are not in the order of the text, all of them were declared.
  return isDeepStrictEqual(withFound(declared, content, syntax), shown) ? declared : variables;
}

/** Whether a package equals, byte for byte, the server's own release of a revision with these declared variables. */
export async function isReleaseOf(
  declared: readonly JsonObject[],
  identity: Identity,
  archive: Buffer,
): Promise<boolean> {
  try {
    const contents = await readPackage(Readable.from([archive]), identity);
    const inputs = declared as unknown as TemplateVariable[];
    return (await buildPackage({ ...contents, ...identity, inputs })).equals(archive);
  } catch (error) {
    if (error instanceof InvalidPackage) return false;
    throw error;
  }
}
