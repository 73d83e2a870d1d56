import { isVariableName } from './variable-name.js';

/** How a template marks its variables: `{{name}}` or `${name}`. */
export type TemplateSyntax = 'braces' | 'dollar';

export interface TextToken {
  kind: 'text';
  start: number;
  end: number;
}

export interface VariableToken {
  kind: 'variable';
  /** Offsets of the whole mark in the text, in UTF-16 units; `end` is behind its last character. */
  start: number;
  end: number;
  name: string;
  /** What follows the `|` of `{{name | definition}}`, trimmed. */
  definition?: string;
}

/** A variable up to the end of its name, and whether it ends there or goes on with a definition. */
const HEAD = /\{\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63})\s*(\||\}\})/y;

export type Token = TextToken | VariableToken;

/**
 * Cuts a template into variables and the text between them; the tokens cover it without a gap. Whatever forms no variable
 * is text. Takes linear time on any input.
 */
export function* tokenize(text: string, syntax: TemplateSyntax): Generator<Token, void, undefined> {
  let textStart = 0;
  for (const token of syntax === 'braces' ? bracesVariables(text) : dollarVariables(text)) {
    if (token.start > textStart) yield { kind: 'text', start: textStart, end: token.start };
    yield token;
    textStart = token.end;
  }
  if (textStart < text.length) yield { kind: 'text', start: textStart, end: text.length };
}

function* dollarVariables(text: string): Generator<VariableToken, void, undefined> {
  for (const match of text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_.-]{0,63})\}/g)) {
    const [mark, name = ''] = match;
    if (isVariableName(name)) yield { kind: 'variable', start: match.index, end: match.index + mark.length, name };
  }
}

function* bracesVariables(text: string): Generator<VariableToken, void, undefined> {
  const next = { opening: new NextIndex(text, '{{'), closing: new NextIndex(text, '}') };
  let start = text.indexOf('{{');
  while (start >= 0) {
    // Of a row of braces only the last two can open a variable.
    while (text[start + 2] === '{') start += 1;
    const token = bracesVariableAt(text, start, next);
    if (token) yield token;
    start = text.indexOf('{{', token ? token.end : start + 2);
  }
}

interface NextMarks {
  opening: NextIndex;
  closing: NextIndex;
}

/** White space around the name is free, as in Open WebUI. A definition holds no `}` and no `{{`. */
function bracesVariableAt(text: string, start: number, next: NextMarks): VariableToken | undefined {
  HEAD.lastIndex = start;
  const [head = '', name = '', mark] = HEAD.exec(text) ?? [];
  if (!isVariableName(name)) return undefined;
  const headEnd = start + head.length;
  if (mark === '}}') return { kind: 'variable', start, end: headEnd, name };
  const close = next.closing.from(headEnd);
  if (!text.startsWith('}}', close) || next.opening.from(headEnd) < close) return undefined;
  return { kind: 'variable', start, end: close + 2, name, definition: text.slice(headEnd, close).trim() };
}

/** `indexOf` for starts that only grow: it never searches a stretch twice, which keeps `{{a|{{a|…` linear. */
class NextIndex {
  private found = -1;

  constructor(
    private readonly text: string,
    private readonly mark: string,
  ) {}

  /** The text's length when there is none. */
  from(start: number): number {
    if (this.found < start) {
      const index = this.text.indexOf(this.mark, start);
      this.found = index < 0 ? this.text.length : index;
    }
    return this.found;
  }
}
