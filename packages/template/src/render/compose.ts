import type { Filling } from '../values/read-value.js';
import { includeKey } from '../includes.js';
import type { Token, VariableToken } from '../tokenize.js';
import { isPromptVariable } from '../variables.js';
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

  /** Each part is composed once, because its text depends only on the values. */
  textOf(parsed: ParsedPart<Part>): string {
    const cached = this.texts.get(parsed);
    if (cached !== undefined) return cached;
    let text = '';
    for (const token of parsed.tokens) {
      text += this.insertion(token, parsed) ?? parsed.part.text.slice(token.start, token.end);
      // No character takes fewer bytes than UTF-16 units, so this stops early what `compose` would refuse.
      if (text.length > RenderLimits.outputBytes) throw tooLarge();
    }
    this.texts.set(parsed, text);
    return text;
  }

  /** The replacement of the token; undefined if the token stays as it is. */
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

  /** A system variable without a value keeps its mark, which the client fills in. */
  private valueOf(token: VariableToken, parsed: ParsedPart<Part>): string | undefined {
    const filling: Filling | undefined = this.fillings.get(parsed)?.get(token.name);
    if (filling?.isGiven) this.filled.add(token.name);
    return filling?.isGiven || isPromptVariable(token, parsed.part.syntax) ? filling?.text : undefined;
  }
}

function tooLarge(): TemplateProblems {
  return new TemplateProblems({ content: `renders to more than ${RenderLimits.outputBytes} bytes` });
}
