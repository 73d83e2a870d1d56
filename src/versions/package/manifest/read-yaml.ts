import { setImmediate } from 'node:timers/promises';
import { Composer, type CST, isMap, Lexer, Parser, type YAMLMap } from 'yaml';
import { InvalidPackage, quote } from '../invalid-package.js';
import { prepareTree, type TakenTexts } from './syntax-tree.js';
import { checkYamlLimits, TOKENS_PER_TURN } from './yaml-limits.js';

/** What `%YAML 1.1` must not bring back, and what yamlToJson() checks better itself: keys, one by one against a set. */
const OPTIONS = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  logLevel: 'silent',
  keepSourceTokens: true,
} as const;

export interface YamlMapping {
  root: YAMLMap;
  texts: TakenTexts;
}

/** The one document of a YAML text, which must be a mapping. Throws InvalidPackage. */
export async function readYamlMapping(text: string): Promise<YamlMapping> {
  await checkYamlLimits(text);
  const tokens = await parseTokens(text);
  const trees = tokens.filter((token) => token.type === 'document');
  if (trees.length > 1) throw new InvalidPackage('prompt.yaml holds several documents');
  const texts = prepareTree(trees[0]?.value);
  const [document] = new Composer(OPTIONS).compose(tokens);
  const error = document?.errors[0];
  if (error) throw notYaml(error.message);
  if (!isMap(document?.contents)) throw new InvalidPackage('prompt.yaml is not a mapping of names to values');
  return { root: document.contents, texts };
}

/** The parser would go on after a mistake, which costs more than it helps: the first one ends it here. */
async function parseTokens(text: string): Promise<CST.Token[]> {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let read = 0;
  for (const lexeme of new Lexer().lex(text)) {
    keep(tokens, parser.next(lexeme));
    read += 1;
    if (read % TOKENS_PER_TURN === 0) await setImmediate();
  }
  keep(tokens, parser.end());
  return tokens;
}

function keep(tokens: CST.Token[], more: Iterable<CST.Token>): void {
  for (const token of more) {
    if (token.type === 'error') throw notYaml(token.message);
    tokens.push(token);
  }
}

function notYaml(message: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml is not valid YAML: ${quote(message)}`);
}
