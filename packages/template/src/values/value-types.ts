import type { VariableType } from '../definition.js';
import type { TemplateVariable } from '../template-variable.js';
import { dateProblem, dateTimeProblem, monthProblem, timeProblem } from './date-values.js';
import { numberProblem } from './number-value.js';
import { optionProblem } from './option-value.js';

/** Returns the problem of a value. A property of the wrong type is ignored, because authors can write anything. */
type Check = (text: string, variable: TemplateVariable) => string | undefined;

/** Longer than any value of such a type. It also limits the time for each part. */
const maxFormedLength = 8192;
const maxEmailLength = 254;

const anyText: Check = () => undefined;

const checksByType: Record<VariableType, Check> = {
  text: anyText,
  textarea: anyText,
  map: anyText,
  tel: anyText,
  select: optionProblem,
  number: withMaxLength(numberProblem),
  range: withMaxLength(numberProblem),
  checkbox: (text) => (text === 'true' || text === 'false' ? undefined : 'must be true or false'),
  date: withMaxLength(dateProblem),
  'datetime-local': withMaxLength(dateTimeProblem),
  month: withMaxLength(monthProblem),
  time: withMaxLength(timeProblem),
  color: withMaxLength((text) => (/^#[0-9a-f]{6}$/i.test(text) ? undefined : 'must be a color like #1e90ff')),
  email: withMaxLength((text) => (isEmail(text) ? undefined : 'must be an email address')),
  url: withMaxLength((text) => (isUrl(text) ? undefined : 'must be a URL like https://example.com/')),
};

/** What keeps `text` from being a value of the type. */
export function problemOfType(type: VariableType, text: string, variable: TemplateVariable): string | undefined {
  return checksByType[type](text, variable);
}

function withMaxLength(check: Check): Check {
  return (text, variable) =>
    text.length > maxFormedLength ? `must have at most ${maxFormedLength} characters` : check(text, variable);
}

/** Checks only the form; whether an address exists is unknown. */
function isEmail(text: string): boolean {
  return text.length <= maxEmailLength && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)*$/.test(text);
}

/** Absolute and with a host; the parser alone would take `localhost:80`, and mend white space that the text keeps. */
function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text);
}
