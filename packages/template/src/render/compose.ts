import type { Filling } from '../values/read-value.js';
import { includeKey } from '../includes.js';
import type { Token, VariableToken } from '../tokenize.js';
import { isAskedFor } from '../variables.js';
import type { IncludeTree, ParsedPart } from './expand-includes.js';
import type { Fillings } from './fill-variables.js';
import { RenderLimits } from './limits.js';
import type { TemplatePart } from './template-part.js';
import { TemplateProblems } from './template-problems.js';

export interface Composed {
  text: string;
  /** The names that were filled in, in the order of their first use. */
  variables: string[];
}

/** Writes the text of a tree that has no problems. @throws TemplateProblems when it grows too large */
export function compose<Part extends TemplatePart>({ root }: IncludeTree<Part>, fillings: Fillings<Part>): Composed {
  const composition = new Composition(fillings);
  const text = composition.textOf(root);
  if (new TextEncoder().encode(text).length > RenderLimits.outputBytes) throw tooLarge();
  return { text, variables: [...composition.filled] };
}

class Composition<Part extends TemplatePart> {
  readonly filled = new Set<string>();
  private readonly texts = new Map<ParsedPart<Part>, string>();

  constructor(private readonly fillings: Fillings<Part>) {}

  /** Each part is composed once, wherever it stands: its text depends on nothing but the values. */
  textOf(parsed: ParsedPart<Part>): string {
    const known = this.texts.get(parsed);
    if (known !== undefined) return known;
    let text = '';
    for (const token of parsed.tokens) {
      text += this.insertion(token, parsed) ?? parsed.part.text.slice(token.start, token.end);
      // No character takes fewer bytes than UTF-16 units, so this stops early what `compose` would refuse.
      if (text.length > RenderLimits.outputBytes) throw tooLarge();
    }
    this.texts.set(parsed, text);
    return text;
  }

  /** What takes the token's place; nothing for what stays as it stands. */
  private insertion(token: Token, parsed: ParsedPart<Part>): string | undefined {
    switch (token.kind) {
      case 'text':
        return undefined;
      case 'literal':
        return token.value;
      case 'variable':
        return this.valueOf(token, parsed);
      case 'include': {
        const included = parsed.includes.get(includeKey(token));
        return included && this.textOf(included);
      }
    }
  }

  /** A system variable that nobody gave keeps its mark, for the client to fill. */
  private valueOf(token: VariableToken, parsed: ParsedPart<Part>): string | undefined {
    const filling: Filling | undefined = this.fillings.get(parsed)?.get(token.name);
    if (filling?.filled) this.filled.add(token.name);
    return filling?.filled || isAskedFor(token, parsed.part.syntax) ? filling?.text : undefined;
  }
}

function tooLarge(): TemplateProblems {
  return new TemplateProblems({ content: `renders to more than ${RenderLimits.outputBytes} bytes` });
}
