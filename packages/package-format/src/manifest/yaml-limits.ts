import { setImmediate } from 'node:timers/promises';
import { CST, Lexer } from 'yaml';
import { packageLimits } from '../package-limits.js';
import { InvalidPackage, quote } from '../invalid-package.js';

/** How many tokens are read before the event loop continues. */
export const tokensPerTick = 2048;

/** YAML is printable text: the only control characters that it may contain unescaped are tabs and line ends. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unprintablePattern = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

const flowSteps: ReadonlyMap<CST.TokenType | null, number> = new Map([
  ['flow-map-start', 1],
  ['flow-seq-start', 1],
  ['flow-map-end', -1],
  ['flow-seq-end', -1],
]);

/**
 * Refuses texts that would be expensive to parse, before the parser runs: the lexer stores nothing, while the parser
 * takes hundreds of bytes for each token and a stack trace for each error. Tags are refused here too.
 */
export async function checkYamlLimits(text: string): Promise<void> {
  if (unprintablePattern.test(text)) throw new InvalidPackage('prompt.yaml is not YAML: it holds a control character');
  if (text.split('\n', packageLimits.manifestLines + 1).length > packageLimits.manifestLines)
    throw tooMany(packageLimits.manifestLines, 'lines');
  let tokens = 0;
  let flowDepth = 0;
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    if (type === 'tag') throw new InvalidPackage(`prompt.yaml holds the tag ${quote(source)}; tags are not taken`);
    flowDepth += flowSteps.get(type) ?? 0;
    if (flowDepth > packageLimits.manifestDepth) throw tooDeep();
    tokens += 1;
    if (tokens > packageLimits.manifestTokens) throw tooMany(packageLimits.manifestTokens, 'names, values and marks');
    if (tokens % tokensPerTick === 0) await setImmediate();
  }
}

export function tooDeep(): InvalidPackage {
  return new InvalidPackage(`prompt.yaml is nested over ${packageLimits.manifestDepth} levels deep`);
}

function tooMany(limit: number, what: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml has over ${limit} ${what}`);
}
