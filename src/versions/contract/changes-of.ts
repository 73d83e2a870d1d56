import canonicalize from 'canonicalize';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { change, type ContractChange } from './contract-change.js';
import { describeNarrowing } from './narrowing.js';

/**
 * The breaking and additional changes of a release's variables. Changes that do not affect callers are not listed: a
 * wider type, another default, label or order.
 */
export function changesOf(before: readonly TemplateVariable[], after: readonly TemplateVariable[]): ContractChange[] {
  const old = new Map(before.map((variable) => [variable.name, variable]));
  const current = new Map(after.map((variable) => [variable.name, variable]));
  const added = after.filter(({ name }) => !old.has(name));
  const removed = before.filter(({ name }) => !current.has(name));
  const renamed = renames(removed, added);
  const newNames = new Set(renamed.values());
  return [
    ...before.flatMap((variable) => {
      const next = current.get(variable.name);
      return next ? narrowings(variable, next) : [removal(variable, renamed.get(variable.name))];
    }),
    ...added.filter(({ name }) => !newNames.has(name)).map(addition),
  ];
}

/**
 * Maps old names to new ones. A variable counts as renamed if exactly one removed and one added variable have its
 * definition.
 */
function renames(removed: readonly TemplateVariable[], added: readonly TemplateVariable[]): Map<string, string> {
  const candidates = Map.groupBy(added, definitionOf);
  const pairs = new Map<string, string>();
  for (const [definition, [old, ...others]] of Map.groupBy(removed, definitionOf)) {
    const [current, ...rivals] = candidates.get(definition) ?? [];
    if (old && current && others.length + rivals.length === 0) pairs.set(old.name, current.name);
  }
  return pairs;
}

/** The definition of a variable without its name, as text. */
function definitionOf({ name: _name, ...definition }: TemplateVariable): string | undefined {
  return canonicalize(definition);
}

function narrowings(before: TemplateVariable, after: TemplateVariable): ContractChange[] {
  const narrowed = describeNarrowing(before, after);
  return [
    ...(after.required && !before.required ? [change(after.name, 'required', 'was optional and is required now')] : []),
    ...(narrowed === undefined ? [] : [change(after.name, 'narrowed', narrowed)]),
  ];
}

function removal({ name }: TemplateVariable, newName: string | undefined): ContractChange {
  if (newName === undefined) return change(name, 'removed', 'is not there any more');
  return { ...change(name, 'renamed', `is called "${newName}" now`), renamed_to: newName };
}

function addition({ name, required }: TemplateVariable): ContractChange {
  return required
    ? change(name, 'required-added', 'is new and required')
    : change(name, 'optional-added', 'is new and optional');
}
