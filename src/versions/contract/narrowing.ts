import { type TemplateVariable, typeOf } from '@promptyard/template/template-variable.js';
import { problemOfType } from '@promptyard/template/values/value-types.js';
import { type AcceptedValues, acceptedValues } from './accepted-values.js';
import { describeValues, listTexts } from './describe-values.js';
import { isEmpty, isWithin } from './number-rule.js';

/** Which values `after` refuses that `before` took, in words that go on behind the variable's name; undefined for none. */
export function describeNarrowing(before: TemplateVariable, after: TemplateVariable): string | undefined {
  const [old, current] = [acceptedValues(before), acceptedValues(after)];
  if (old.kind === 'list') {
    const refused = refusedOf(old.values, after, current);
    return refused.length === 0 ? undefined : `no longer takes ${listTexts(refused)}`;
  }
  return isContained(old, current) ? undefined : `took ${describeValues(old)}, now takes ${describeValues(current)}`;
}

/** Render's own check tells for each value; against a list that would be a search through all of it each time. */
function refusedOf(values: readonly string[], after: TemplateVariable, current: AcceptedValues): string[] {
  if (current.kind === 'list') {
    const accepted = new Set(current.values);
    return values.filter((value) => !accepted.has(value));
  }
  return values.filter((value) => problemOfType(typeOf(after), value, after) !== undefined);
}

/** Of the kinds but `list` each holds more than a list does, and none but `any` holds what another does. */
function isContained(old: Exclude<AcceptedValues, { kind: 'list' }>, current: AcceptedValues): boolean {
  if (current.kind === 'any') return true;
  if (old.kind === 'any') return false;
  if (old.kind === 'form') return current.kind === 'form' && current.type === old.type;
  return isEmpty(old.rule) || (current.kind === 'numbers' && isWithin(old.rule, current.rule));
}
