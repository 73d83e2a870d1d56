import type { TemplateVariable } from '../template-variable.js';
import { defaultText, type Filling, readValue } from '../values/read-value.js';
import { isSystemVariable } from '../variable-name.js';
import { isLeftToClient } from '../variables.js';
import type { IncludeTree, ParsedPart } from './expand-includes.js';
import type { TemplatePart } from './template-part.js';
import type { ProblemList } from './template-problems.js';

export type GivenValues = Readonly<Record<string, unknown>>;

/** What stands for the variables of each part, by name. */
export type Fillings<Part extends TemplatePart> = ReadonlyMap<ParsedPart<Part>, ReadonlyMap<string, Filling>>;

/** Reads each value once for each part that asks for it: two parts may ask for different things under one name. */
export function fillVariables<Part extends TemplatePart>(
  tree: IncludeTree<Part>,
  values: GivenValues,
  problems: ProblemList,
): Fillings<Part> {
  const defaults = defaultsOf(tree.root);
  const parts = [tree.root, ...tree.included];
  return new Map(parts.map((parsed) => [parsed, fill(variablesOf(parsed, defaults), values, problems)]));
}

/** Refuses values that no part has a use for. System variables are no surplus: a client may always send them all. */
export function refuseUnknown(
  { root, included }: IncludeTree<TemplatePart>,
  values: GivenValues,
  problems: ProblemList,
): void {
  const known = new Set([root, ...included].flatMap(({ asked }) => asked.map(({ name }) => name)));
  for (const name of Object.keys(values)) {
    if (known.has(name) || isSystemVariable(name)) continue;
    problems.add(`variables.${name}`, 'is not a variable of this prompt');
  }
}

function fill(
  variables: readonly TemplateVariable[],
  values: GivenValues,
  problems: ProblemList,
): ReadonlyMap<string, Filling> {
  const fillings = new Map<string, Filling>();
  for (const variable of variables) {
    const { name } = variable;
    const reading = readValue(variable, Object.hasOwn(values, name) ? values[name] : undefined);
    if ('problem' in reading) problems.add(`variables.${name}`, reading.problem);
    else fillings.set(name, reading);
  }
  return fillings;
}

/** A default of the root goes before a part's own: it is how a prompt sets the variables of what it includes. */
function variablesOf(parsed: ParsedPart<TemplatePart>, defaults: ReadonlyMap<string, string>): TemplateVariable[] {
  const asked = parsed.asked.map((variable) => {
    const preset = defaults.get(variable.name);
    return preset === undefined ? variable : { ...variable, default: preset };
  });
  return [...asked, ...leftToClient(parsed)];
}

function defaultsOf(root: ParsedPart<TemplatePart>): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>();
  for (const variable of root.asked) {
    const text = defaultText(variable);
    if (text !== undefined) defaults.set(variable.name, text);
  }
  return defaults;
}

function leftToClient({ part, tokens }: ParsedPart<TemplatePart>): TemplateVariable[] {
  const names = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'variable' && isLeftToClient(token.name, part.syntax)) names.add(token.name);
  }
  return [...names].map((name) => ({ name, required: false }));
}
