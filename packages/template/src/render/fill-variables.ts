import type { TemplateVariable } from '../template-variable.js';
import { defaultText, type Filling, readValue } from '../values/read-value.js';
import { isSystemVariable } from '../variable-name.js';
import { isClientVariable } from '../variables.js';
import type { IncludeTree, ParsedPart } from './expand-includes.js';
import type { TemplatePart } from './template-part.js';
import type { ProblemList } from './template-problems.js';

export type GivenValues = Readonly<Record<string, unknown>>;

/** The values of the variables of each part, by name. */
export type Fillings<Part extends TemplatePart> = ReadonlyMap<ParsedPart<Part>, ReadonlyMap<string, Filling>>;

/** Reads each value once for each part, because two parts may define a variable differently. */
export function fillVariables<Part extends TemplatePart>(
  tree: IncludeTree<Part>,
  values: GivenValues,
  problems: ProblemList,
): Fillings<Part> {
  const defaults = defaultsOf(tree.root);
  const parts = [tree.root, ...tree.included];
  return new Map(parts.map((parsed) => [parsed, fill(variablesOf(parsed, defaults), values, problems)]));
}

/** Refuses values that no part uses. System variables are always allowed. */
export function refuseUnknown(
  { root, included }: IncludeTree<TemplatePart>,
  values: GivenValues,
  problems: ProblemList,
): void {
  const known = new Set(
    [root, ...included].flatMap(({ variables: partVariables }) => partVariables.map(({ name }) => name)),
  );
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

/** A default of the root overrides the default of a part. This is how a prompt sets the variables of its includes. */
function variablesOf(parsed: ParsedPart<TemplatePart>, defaults: ReadonlyMap<string, string>): TemplateVariable[] {
  const variables = parsed.variables.map((variable) => {
    const preset = defaults.get(variable.name);
    return preset === undefined ? variable : { ...variable, default: preset };
  });
  return [...variables, ...clientVariables(parsed)];
}

function defaultsOf(root: ParsedPart<TemplatePart>): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>();
  for (const variable of root.variables) {
    const text = defaultText(variable);
    if (text !== undefined) defaults.set(variable.name, text);
  }
  return defaults;
}

function clientVariables({ part, tokens }: ParsedPart<TemplatePart>): TemplateVariable[] {
  const names = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'variable' && isClientVariable(token.name, part.syntax)) names.add(token.name);
  }
  return [...names].map((name) => ({ name, required: false }));
}
