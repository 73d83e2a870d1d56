import { parseDefinition, type VariableDefinition } from './definition.js';
import { type TemplateSyntax, tokenize } from './tokenize.js';
import { isSystemVariable } from './variable-name.js';

export interface Variable extends VariableDefinition {
  name: string;
}

/**
 * The variables that a template asks for, each once, in the order of their first use. A variable is what its first typed
 * use says. Open WebUI's system variables are none; a dollar template has no such thing.
 */
export function findVariables(text: string, syntax: TemplateSyntax): Variable[] {
  const definitions = new Map<string, string | undefined>();
  for (const token of tokenize(text, syntax)) {
    if (token.kind === 'text' || (syntax === 'braces' && isSystemVariable(token.name))) continue;
    if (definitions.get(token.name) === undefined) definitions.set(token.name, token.definition);
  }
  return [...definitions].map(([name, definition]) => ({ name, ...parseDefinition(definition ?? '') }));
}
