import { CST } from 'yaml';
import { Caps } from '../caps.js';
import { tooDeep } from './yaml-limits.js';

/** From this length on it pays to read a quoted text without the composer, which joins it character by character. */
const LONG_TEXT = 1024;

/** The texts of scalars that were taken out of the tree; their tokens hold one of the same length that costs nothing to read. */
export type TakenTexts = Map<CST.Token, string>;

/**
 * Makes the parser's tree safe for the composer, which recurses and is slow on long quoted texts: refuses a tree that is
 * too deep, and takes out of it each long quoted text that is easy to read: a JSON string means the same in YAML.
 */
export function prepareTree(root: CST.Token | undefined): TakenTexts {
  const taken: TakenTexts = new Map();
  let level = root ? [root] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    for (const token of level) takeLongText(token, taken);
    const collections = level.filter(CST.isCollection);
    if (collections.length > 0 && depth > Caps.manifestDepth) throw tooDeep();
    level = collections.flatMap(children);
  }
  return taken;
}

function children(collection: CST.BlockMap | CST.BlockSequence | CST.FlowCollection): CST.Token[] {
  return collection.items.flatMap(({ key, value }) => [key, value]).filter((token) => token != null);
}

function takeLongText(token: CST.Token, taken: TakenTexts): void {
  if (token.type !== 'double-quoted-scalar' && token.type !== 'single-quoted-scalar') return;
  const text = token.source.length < LONG_TEXT ? undefined : quotedText(token.source);
  if (text === undefined) return;
  taken.set(token, text);
  token.type = 'single-quoted-scalar';
  token.source = `'${'x'.repeat(token.source.length - 2)}'`;
}

/** Undefined for what takes more than this to read: line breaks, and escapes that only YAML has. */
function quotedText(source: string): string | undefined {
  if (/[\r\n]/.test(source)) return undefined;
  if (source.startsWith("'")) return source.slice(1, -1).replaceAll("''", "'");
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
