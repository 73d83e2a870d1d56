import { setImmediate } from 'node:timers/promises';
import { Composer, type CST, isMap, Lexer, Parser, type YAMLMap } from 'yaml';
import { InvalidPackage, quote } from '../invalid-package.js';
import { prepareTree, type TakenTexts } from './syntax-tree.js';
import { checkYamlLimits, TOKENS_PER_TURN } from './yaml-limits.js';

/**
 * The schema is named because `%YAML 1.1` would bring in another. Whether keys are unique yamlToJson() sees by itself; the
 * library compares each with all others.
 */
const OPTIONS = { schema: 'core', uniqueKeys: false, keepSourceTokens: true } as const;

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
    tokens.push(...withoutMistakes(parser.next(lexeme)));
    read += 1;
    if (read % TOKENS_PER_TURN === 0) await setImmediate();
  }
  tokens.push(...withoutMistakes(parser.end()));
  return withOneDirective(tokens);
}

function* withoutMistakes(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw notYaml(token.message);
    yield token;
  }
}

/** Directives change nothing, with one schema and no tags, but each unknown one is a warning with a stack trace. */
function withOneDirective(tokens: CST.Token[]): CST.Token[] {
  const first = tokens.findIndex(({ type }) => type === 'directive');
  return tokens.filter(({ type }, index) => type !== 'directive' || index === first);
}

function notYaml(message: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml is not valid YAML: ${quote(message)}`);
}
