import { type TemplateSyntax, type TemplateText, tokenize } from './tokenize.js';
import { isAskedFor } from './variables.js';

/**
 * A template as a protocol of the other syntax shows it: each variable it asks for as that syntax's plain mark, without
 * its definition. Nothing else is touched: system variables, literals and includes are text to a reader of dollars.
 */
export function shownAs({ text, syntax }: TemplateText, shown: TemplateSyntax): string {
  if (shown === syntax) return text;
  let result = '';
  for (const token of tokenize(text, syntax)) {
    result += isAskedFor(token, syntax) ? markOf(token.name, shown) : text.slice(token.start, token.end);
  }
  return result;
}

function markOf(name: string, syntax: TemplateSyntax): string {
  return syntax === 'braces' ? `{{${name}}}` : `\${${name}}`;
}

/**
 * What a save through a protocol of syntax `shown` means, `original` being the template that its writer was shown. Saved as
 * it was shown, it is the original, with its syntax and definitions. Anything else is taken as it is, in the writer's
 * syntax: after a change nobody can tell which of its `${x}` were variables of the original and which were its text.
 */
export function readBack(saved: string, shown: TemplateSyntax, original: TemplateText): TemplateText {
  return saved === shownAs(original, shown) ? { ...original } : { text: saved, syntax: shown };
}
