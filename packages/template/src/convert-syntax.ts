import { type TemplateSyntax, type TemplateText, tokenize } from './tokenize.js';
import { isPromptVariable } from './variables.js';

/**
 * The template in another syntax: each variable becomes the plain mark of that syntax, without its definition. System
 * variables, literals and includes stay as they are written.
 */
export function shownAs({ text, syntax }: TemplateText, target: TemplateSyntax): string {
  if (target === syntax) return text;
  let result = '';
  for (const token of tokenize(text, syntax)) {
    result += isPromptVariable(token, syntax) ? variableMark(token.name, target) : text.slice(token.start, token.end);
  }
  return result;
}

function variableMark(name: string, syntax: TemplateSyntax): string {
  return syntax === 'braces' ? `{{${name}}}` : `\${${name}}`;
}

/**
 * Restores the original syntax of a saved template. If the text is saved exactly as it was displayed in the syntax
 * `displayed`, the result is the original, with its syntax and definitions. A changed text is taken as it is, in the
 * displayed syntax, because its `${x}` may be variables or plain text of the original.
 */
export function readBack(saved: string, displayed: TemplateSyntax, original: TemplateText): TemplateText {
  return saved === shownAs(original, displayed) ? { ...original } : { text: saved, syntax: displayed };
}
