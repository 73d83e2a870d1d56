import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import { InvalidPackage, quote } from '@promptyard/package-format/invalid-package.js';
import { ManifestFields } from '@promptyard/package-format/manifest/manifest.schema.js';
import { type Identity } from '@promptyard/package-format/manifest/read-manifest.js';
import { readYamlMapping } from '@promptyard/package-format/manifest/read-yaml.js';
import { yamlToJson } from '@promptyard/package-format/manifest/yaml-to-json.js';
import { lineAt, type Problem } from './problem.js';

export interface CheckedManifest {
  readonly problems: readonly Problem[];
  readonly identity?: Identity;
  readonly syntax?: TemplateSyntax;
  /** Names of the declared inputs with their lines. */
  readonly declared: ReadonlyMap<string, number | undefined>;
}

const manifestFile = 'prompt.yaml';
const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const versionPattern = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Maximum length of a text for which finding the line of an error is cheap. */
const maxLocatedLength = 64 * 1024;

/** Reports all problems of a manifest by the server's schema, each with its line. */
export async function checkManifest(text: string): Promise<CheckedManifest> {
  try {
    const mapping = await readYamlMapping(text);
    return checkFields(text, mapping.root, yamlToJson(mapping));
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    return {
      problems: [
        { file: manifestFile, line: lineOfSyntaxError(text), message: error.reason.replace(/^prompt[.]yaml:? /, '') },
      ],
      declared: new Map(),
    };
  }
}

function checkFields(text: string, root: YAMLMap, json: unknown): CheckedManifest {
  const parsed = ManifestFields.safeParse(json);
  const problem = (path: readonly PropertyKey[], message: string): Problem => {
    return { file: manifestFile, line: lineOf(text, root, path), message: `${formatPath(path)} ${message}` };
  };
  const identity = { name: rawValue(root, 'name'), version: rawValue(root, 'version') };
  const problems = [
    ...identityProblems(identity).map(({ field, message }) => problem([field], message)),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => problem(path, message)),
  ];
  const inputs = parsed.data?.inputs ?? [];
  const declared = new Map(inputs.map(({ name }, index) => [name, lineOf(text, root, ['inputs', index, 'name'])]));
  return { problems, identity: toIdentity(identity), syntax: parsed.data?.syntax, declared };
}

type RawIdentity = Record<keyof Identity, string | undefined>;

/** `2024` and `1.0` without quotes are numbers in YAML, but the server reads them as text. */
function rawValue(root: YAMLMap, field: keyof Identity): string | undefined {
  const node: unknown = root.get(field, true);
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

function identityProblems({ name, version }: RawIdentity): { field: keyof Identity; message: string }[] {
  const problems: { field: keyof Identity; message: string }[] = [];
  if (name === undefined) problems.push({ field: 'name', message: 'is missing' });
  else if (name.length > 64 || !namePattern.test(name))
    problems.push({
      field: 'name',
      message: `is ${quote(name)}; it must be 1-64 of a-z, 0-9 and single hyphens inside`,
    });
  if (version === undefined) problems.push({ field: 'version', message: 'is missing' });
  else if (!versionPattern.test(version))
    problems.push({ field: 'version', message: `is ${quote(version)}; it must be three numbers like 1.0.0` });
  return problems;
}

function toIdentity({ name, version }: RawIdentity): Identity | undefined {
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** The line of the node at the path, or of its nearest parent. */
function lineOf(text: string, root: YAMLMap, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = root.getIn(path.slice(0, length), true);
    const range = isScalar(node) || isMap(node) ? node.range : undefined;
    if (range) return lineAt(text, range[0]);
  }
  return undefined;
}

function lineOfSyntaxError(text: string): number | undefined {
  if (text.length > maxLocatedLength) return undefined;
  return parseDocument(text, { schema: 'core' }).errors[0]?.linePos?.[0].line;
}

function formatPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}
