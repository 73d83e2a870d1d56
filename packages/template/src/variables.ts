import { parseDefinition, type VariableDefinition } from './definition.js';
import { type TemplateSyntax, type Token, findMarks, type VariableToken } from './tokenize.js';
import { isSystemVariable } from './variable-name.js';

export interface Variable extends VariableDefinition {
  name: string;
}

/**
 * The variables that a template asks for, each once, in the order of their first use. A variable is what its first typed
 * use says.
 */
export function findVariables(text: string, syntax: TemplateSyntax): Variable[] {
  const definitions = new Map<string, string | undefined>();
  for (const token of findMarks(text, syntax)) {
    if (isPromptVariable(token, syntax)) definitions.set(token.name, definitions.get(token.name) ?? token.definition);
  }
  return [...definitions].map(([name, definition]) => ({ name, ...parseDefinition(definition ?? '') }));
}

/** Their names alone. */
export function findVariableNames(text: string, syntax: TemplateSyntax): string[] {
  const names = new Set<string>();
  for (const token of findMarks(text, syntax)) {
    if (isPromptVariable(token, syntax)) names.add(token.name);
  }
  return [...names];
}

/** Not for what is left to the client. */
export function isPromptVariable(token: Token, syntax: TemplateSyntax): token is VariableToken {
  return token.kind === 'variable' && !isClientVariable(token.name, syntax);
}

/** For system variables, which Open WebUI's front end fills in; in a dollar template they are like any other. */
export function isClientVariable(name: string, syntax: TemplateSyntax): boolean {
  return syntax === 'braces' && isSystemVariable(name);
}
