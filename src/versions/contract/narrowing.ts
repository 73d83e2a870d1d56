import { type TemplateVariable, typeOf } from '@promptyard/template/template-variable.js';
import { problemOfType } from '@promptyard/template/values/value-types.js';
import { type AcceptedValues, acceptedValues } from './accepted-values.js';
import { describeValues, listTexts } from './describe-values.js';
import { isEmpty, isWithin } from './number-rule.js';

/**
 * Describes the values that `before` accepted and `after` refuses, as a text that follows the variable's name;
 * undefined if there are none.
 */
export function describeNarrowing(before: TemplateVariable, after: TemplateVariable): string | undefined {
  const [old, current] = [acceptedValues(before), acceptedValues(after)];
  if (old.kind === 'list') {
    const refused = refusedOf(old.values, after, current);
    return refused.length === 0 ? undefined : `no longer takes ${listTexts(refused)}`;
  }
  return isContained(old, current) ? undefined : `took ${describeValues(old)}, now takes ${describeValues(current)}`;
}

/** Uses the check of the renderer for each value; for a list a set is faster. */
function refusedOf(values: readonly string[], after: TemplateVariable, current: AcceptedValues): string[] {
  if (current.kind === 'list') {
    const accepted = new Set(current.values);
    return values.filter((value) => !accepted.has(value));
  }
  return values.filter((value) => problemOfType(typeOf(after), value, after) !== undefined);
}

/** A kind other than `list` is never contained in a list, and only `any` contains another kind. */
function isContained(old: Exclude<AcceptedValues, { kind: 'list' }>, current: AcceptedValues): boolean {
  if (current.kind === 'any') return true;
  if (old.kind === 'any') return false;
  if (old.kind === 'form') return current.kind === 'form' && current.type === old.type;
  return isEmpty(old.rule) || (current.kind === 'numbers' && isWithin(old.rule, current.rule));
}
