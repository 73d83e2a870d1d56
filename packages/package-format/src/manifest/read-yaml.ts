import { setImmediate } from 'node:timers/promises';
import { Composer, type CST, isMap, Lexer, Parser, type YAMLMap } from 'yaml';
import { InvalidPackage, quote } from '../invalid-package.js';
import { prepareTree, type ExtractedTexts } from './syntax-tree.js';
import { checkYamlLimits, tokensPerTick } from './yaml-limits.js';

/**
 * The schema is named because `%YAML 1.1` would bring in another. Whether keys are unique yamlToJson() sees by itself; the
 * library compares each with all others.
 */
const yamlOptions = { schema: 'core', uniqueKeys: false, keepSourceTokens: true } as const;

export interface YamlMapping {
  root: YAMLMap;
  texts: ExtractedTexts;
}

/** The one document of a YAML text, which must be a mapping. Throws InvalidPackage. */
export async function readYamlMapping(text: string): Promise<YamlMapping> {
  await checkYamlLimits(text);
  const tokens = await parseTokens(text);
  const trees = tokens.filter((token) => token.type === 'document');
  if (trees.length > 1) throw new InvalidPackage('prompt.yaml holds several documents');
  const texts = prepareTree(trees[0]?.value);
  const [document] = new Composer(yamlOptions).compose(tokens);
  const error = document?.errors[0];
  if (error) throw notYaml(error.message);
  if (!isMap(document?.contents)) throw new InvalidPackage('prompt.yaml is not a mapping of names to values');
  return { root: document.contents, texts };
}

/** Stops at the first error, because the parser would continue at a high cost. */
async function parseTokens(text: string): Promise<CST.Token[]> {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let read = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...withoutErrors(parser.next(lexeme)));
    read += 1;
    if (read % tokensPerTick === 0) await setImmediate();
  }
  tokens.push(...withoutErrors(parser.end()));
  return withOneDirective(tokens);
}

function* withoutErrors(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw notYaml(token.message);
    yield token;
  }
}

/** Directives have no effect here, but each unknown one would create a warning with a stack trace. */
function withOneDirective(tokens: CST.Token[]): CST.Token[] {
  const first = tokens.findIndex(({ type }) => type === 'directive');
  return tokens.filter(({ type }, index) => type !== 'directive' || index === first);
}

function notYaml(message: string): InvalidPackage {
  return new InvalidPackage(`prompt.yaml is not valid YAML: ${quote(message)}`);
}
