import { setImmediate } from 'node:timers/promises';
import { CST, Lexer } from 'yaml';
import { Caps } from '../caps.js';
import { InvalidPackage, quote } from '../invalid-package.js';

/** How many tokens are read before other work of the process gets its turn. */
export const TOKENS_PER_TURN = 2048;

/** YAML is printable text: of the control characters only tab and line ends may stand in it as they are. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

const FLOW_STEPS: ReadonlyMap<CST.TokenType | null, number> = new Map([
  ['flow-map-start', 1],
  ['flow-seq-start', 1],
  ['flow-map-end', -1],
  ['flow-seq-end', -1],
]);

/**
 * Refuses what would make the parser expensive, before it runs: the lexer keeps nothing, while the parser's trees take
 * hundreds of bytes for each token and each of its errors a stack trace. Tags are refused here too.
 */
export async function checkYamlLimits(text: string): Promise<void> {
  if (UNPRINTABLE.test(text)) throw new InvalidPackage('prompt.yaml is not YAML: it holds a control character');
  if (text.split('\n', Caps.manifestLines + 1).length > Caps.manifestLines) throw tooMany(Caps.manifestLines, 'lines');
  let tokens = 0;
  let flowDepth = 0;
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    if (type === 'tag') throw new InvalidPackage(`prompt.yaml holds the tag ${quote(source)}; tags are not taken`);
    flowDepth += FLOW_STEPS.get(type) ?? 0;
    if (flowDepth > Caps.manifestDepth) throw tooDeep();
    tokens += 1;
    if (tokens > Caps.manifestTokens) throw tooMany(Caps.manifestTokens, 'names, values and marks');
    if (tokens % TOKENS_PER_TURN === 0) await setImmediate();
  }
}

export function tooDeep(): InvalidPackage {
  return new InvalidPackage(`prompt.yaml is nested over ${Caps.manifestDepth} levels deep`);
}

function tooMany(limit: number, what: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml has over ${limit} ${what}`);
}
