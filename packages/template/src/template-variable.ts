import type { JsonObject } from './json.js';
import { variableTypes, type VariableType } from './definition.js';
import type { TemplateSyntax } from './tokenize.js';
import { findVariables } from './variables.js';

/**
 * A variable that a prompt asks for: `type`, properties like `options` or `min`, and all other keys that its author
 * wrote.
 */
export interface TemplateVariable extends JsonObject {
  name: string;
  required: boolean;
}

/** The type of the variable; text if it has none or an unknown one. */
export function typeOf(variable: TemplateVariable): VariableType {
  return variableTypes.find((type) => type === variable['type']) ?? 'text';
}

/** The declared variables, followed by the undeclared ones that the text uses. */
export function withFound(
  declared: readonly TemplateVariable[],
  text: string,
  syntax: TemplateSyntax,
): TemplateVariable[] {
  const names = new Set(declared.map(({ name }) => name));
  const found = findVariables(text, syntax).filter(({ name }) => !names.has(name));
  return [...declared, ...found.map(({ properties, ...variable }) => ({ ...properties, ...variable }))];
}
