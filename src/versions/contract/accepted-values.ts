import { type TemplateVariable, typeOf } from '@promptyard/template/template-variable.js';
import { type NumberRule, numberRuleOf } from './number-rule.js';

/** Types that each take texts of a form of their own. */
type FormType = 'date' | 'datetime-local' | 'month' | 'time' | 'color' | 'email' | 'url';

/** Which values render takes for a variable, by how they can be compared. */
export type AcceptedValues =
  | { kind: 'any' }
  | { kind: 'list'; values: readonly string[] }
  | { kind: 'numbers'; rule: NumberRule }
  | { kind: 'form'; type: FormType };

/** Ignores a property of the wrong type, like the renderer. */
export function acceptedValues(variable: TemplateVariable): AcceptedValues {
  const type = typeOf(variable);
  switch (type) {
    case 'select':
      return selected(variable['options']);
    case 'checkbox':
      return { kind: 'list', values: ['true', 'false'] };
    case 'number':
    case 'range':
      return { kind: 'numbers', rule: numberRuleOf(variable) };
    case 'text':
    case 'textarea':
    case 'tel':
    case 'map':
      return { kind: 'any' };
    default:
      return { kind: 'form', type };
  }
}

/** Options are compared as text. Without options every value is accepted. */
function selected(options: unknown): AcceptedValues {
  const values = Array.isArray(options) ? options.filter(isOption).map(String) : [];
  return values.length === 0 ? { kind: 'any' } : { kind: 'list', values };
}

function isOption(option: unknown): option is string | number | boolean {
  return typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean';
}
