import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { VariablesDiff } from './diff.dto.js';
import { isSameJson } from './same-json.js';

/** Compares variables by name and definition; their order is ignored. */
export function diffVariables(before: readonly TemplateVariable[], after: readonly TemplateVariable[]): VariablesDiff {
  const old = byName(before);
  const current = byName(after);
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !current.has(name)),
    changed: after.flatMap((to) => {
      const from = old.get(to.name);
      return from && !isSameJson(from, to) ? [{ name: to.name, from, to }] : [];
    }),
  };
}

function byName(variables: readonly TemplateVariable[]): Map<string, TemplateVariable> {
  return new Map(variables.map((variable) => [variable.name, variable]));
}
