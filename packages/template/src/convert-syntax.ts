import { type TemplateSyntax, type TemplateText, findMarks } from './tokenize.js';
import { isPromptVariable } from './variables.js';

/**
 * The template in another syntax: each variable becomes the plain mark of that syntax, without its definition. System
 * variables, literals and includes stay as they are written.
 */
export function shownAs({ text, syntax }: TemplateText, target: TemplateSyntax): string {
  if (target === syntax) return text;
  let result = '';
  let shownUntil = 0;
  for (const mark of findMarks(text, syntax)) {
    if (!isPromptVariable(mark, syntax)) continue;
    result += text.slice(shownUntil, mark.start) + variableMark(mark.name, target);
    shownUntil = mark.end;
  }
  return result + text.slice(shownUntil);
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
