import { CST } from 'yaml';
import { packageLimits } from '../package-limits.js';
import { tooDeep } from './yaml-limits.js';

/** Longer quoted texts are read without the composer, which joins them character by character. */
const minLongTextLength = 1024;

/** The texts of scalars that were extracted from the tree. Their tokens have a placeholder of the same length. */
export type ExtractedTexts = Map<CST.Token, string>;

/**
 * Prepares the parser's tree for the composer, which is recursive and slow on long quoted texts: refuses a tree that is
 * too deep, and extracts long quoted texts that can be read directly, because a JSON string means the same in YAML.
 */
export function prepareTree(root: CST.Token | undefined): ExtractedTexts {
  const extracted: ExtractedTexts = new Map();
  let level = root ? [root] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    for (const token of level) extractLongText(token, extracted);
    const collections = level.filter(CST.isCollection);
    if (collections.length > 0 && depth > packageLimits.manifestDepth) throw tooDeep();
    level = collections.flatMap(children);
  }
  return extracted;
}

function children(collection: CST.BlockMap | CST.BlockSequence | CST.FlowCollection): CST.Token[] {
  return collection.items.flatMap(({ key, value }) => [key, value]).filter((token) => token != null);
}

function extractLongText(token: CST.Token, extracted: ExtractedTexts): void {
  if (token.type !== 'double-quoted-scalar' && token.type !== 'single-quoted-scalar') return;
  const text = token.source.length < minLongTextLength ? undefined : quotedText(token.source);
  if (text === undefined) return;
  extracted.set(token, text);
  token.type = 'single-quoted-scalar';
  token.source = `'${'x'.repeat(token.source.length - 2)}'`;
}

/** Undefined for texts with line breaks, or with escapes that only YAML has. */
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
