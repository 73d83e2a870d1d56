import { isUsableName, isVariableName } from './variable-name.js';

/** How a template marks its variables: `{{name}}` or `${name}`. */
export type TemplateSyntax = 'braces' | 'dollar';

export interface TemplateText {
  text: string;
  syntax: TemplateSyntax;
}

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

/** `{{"…"}}` of a braces template: how braces are written that mark nothing. */
export interface LiteralToken {
  kind: 'literal';
  start: number;
  end: number;
  /** What the JSON string between the braces says. */
  value: string;
}

/** The prompt that `{{> owner/name@selector}}` names. */
export interface IncludeReference {
  /** In lower case, as slugs are stored. */
  owner: string;
  name: string;
  /** A label or an exact version; production, if left out. */
  selector?: string;
}

export interface IncludeToken extends IncludeReference {
  kind: 'include';
  start: number;
  end: number;
}

/** What a template marks; the rest of it is text. */
export type Mark = VariableToken | LiteralToken | IncludeToken;
export type Token = TextToken | Mark;

/** A variable up to the end of its name, and whether it ends there or goes on with a definition. */
const headPattern = /\{\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63})\s*(\||\}\})/y;

const dollarPattern = /\$\{([A-Za-z_][A-Za-z0-9_.-]{0,63})\}/y;

/** The lengths are above those of all owners and prompts, and keep a long row of hyphens from filling the stack. */
const includePattern =
  /\{\{\s*>\s*([A-Za-z0-9-]{1,100})\/([a-z0-9-]{1,100})(?:@([a-z][a-z0-9_.-]{0,35}|\d+\.\d+\.\d+))?\s*\}\}/y;

const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Cuts a template into its marks and the text between them; the tokens cover it without a gap. Everything else is text.
 * A dollar template has only variables as marks. Takes linear time on any input.
 */
export function* tokenize(text: string, syntax: TemplateSyntax): Generator<Token, void, undefined> {
  let textStart = 0;
  for (const token of findMarks(text, syntax)) {
    if (token.start > textStart) yield { kind: 'text', start: textStart, end: token.start };
    yield token;
    textStart = token.end;
  }
  if (textStart < text.length) yield { kind: 'text', start: textStart, end: text.length };
}

/** The marks alone, without the text between them. */
export function findMarks(text: string, syntax: TemplateSyntax): Generator<Mark, void, undefined> {
  return syntax === 'braces' ? bracesMarks(text) : dollarVariables(text);
}

function* dollarVariables(text: string): Generator<VariableToken, void, undefined> {
  for (let start = text.indexOf('${'); start >= 0;) {
    dollarPattern.lastIndex = start;
    const [mark = '${', name = ''] = dollarPattern.exec(text) ?? [];
    const end = start + mark.length;
    if (name !== '' && isUsableName(name)) yield { kind: 'variable', start, end, name };
    start = text.indexOf('${', end);
  }
}

function* bracesMarks(text: string): Generator<Mark, void, undefined> {
  const next = { opening: new IndexSearch(text, '{{'), closing: new IndexSearch(text, '}') };
  let start = text.indexOf('{{');
  while (start >= 0) {
    // Of a row of braces only the last two can open a mark.
    while (text[start + 2] === '{') start += 1;
    const mark = literalAt(text, start) ?? includeAt(text, start) ?? bracesVariableAt(text, start, next);
    if (mark) yield mark;
    start = text.indexOf('{{', mark ? mark.end : start + 2);
  }
}

/** Linear although it may hold `{{"`: such a quote cannot be an escaped one, so it ends the string that was looked at. */
function literalAt(text: string, start: number): LiteralToken | undefined {
  if (text[start + 2] !== '"') return undefined;
  let quote = start + 3;
  while (quote < text.length && text[quote] !== '"') quote += text[quote] === '\\' ? 2 : 1;
  if (!text.startsWith('"}}', quote)) return undefined;
  const value = parseString(text.slice(start + 2, quote + 1));
  return value === undefined ? undefined : { kind: 'literal', start, end: quote + 3, value };
}

/** Halves of surrogate pairs are good JSON, but no text that could be written as UTF-8. */
function parseString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' && value.isWellFormed() ? value : undefined;
  } catch {
    return undefined;
  }
}

/** White space is free around the mark's parts, but not within the reference. */
function includeAt(text: string, start: number): IncludeToken | undefined {
  includePattern.lastIndex = start;
  const match = includePattern.exec(text);
  if (!match) return undefined;
  const [mark, anyCase = '', name = '', selector] = match;
  const owner = anyCase.toLowerCase();
  if (!slugPattern.test(owner) || !slugPattern.test(name)) return undefined;
  return { kind: 'include', start, end: start + mark.length, owner, name, ...(selector !== undefined && { selector }) };
}

interface NextMarks {
  opening: IndexSearch;
  closing: IndexSearch;
}

/** White space around the name is free, as in Open WebUI. A definition holds no `}` and no `{{`. */
function bracesVariableAt(text: string, start: number, next: NextMarks): VariableToken | undefined {
  headPattern.lastIndex = start;
  const [head = '', name = '', mark] = headPattern.exec(text) ?? [];
  if (!isVariableName(name)) return undefined;
  const headEnd = start + head.length;
  if (mark === '}}') return { kind: 'variable', start, end: headEnd, name };
  const close = next.closing.from(headEnd);
  if (!text.startsWith('}}', close) || next.opening.from(headEnd) < close) return undefined;
  return { kind: 'variable', start, end: close + 2, name, definition: text.slice(headEnd, close).trim() };
}

/** `indexOf` for growing start offsets. It never searches a range twice, which keeps `{{a|{{a|…` linear. */
class IndexSearch {
  private found = -1;

  constructor(
    private readonly text: string,
    private readonly mark: string,
  ) {}

  /** The length of the text if the mark does not occur. */
  from(start: number): number {
    if (this.found < start) {
      const index = this.text.indexOf(this.mark, start);
      this.found = index < 0 ? this.text.length : index;
    }
    return this.found;
  }
}
