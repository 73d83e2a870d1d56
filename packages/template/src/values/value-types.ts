import type { VariableType } from '../definition.js';
import type { TemplateVariable } from '../template-variable.js';
import { dateProblem, dateTimeProblem, monthProblem, timeProblem } from './date-values.js';
import { numberProblem } from './number-value.js';
import { optionProblem } from './option-value.js';

/** Says what is wrong with a value; a property of the wrong type is no rule, since authors write anything. */
type Check = (text: string, variable: TemplateVariable) => string | undefined;

/** What a form's field of the type could never hold. It also keeps a value from being read at length for each part. */
const MAX_FORMED_LENGTH = 8192;
const MAX_EMAIL_LENGTH = 254;

const anyText: Check = () => undefined;

const CHECKS: Record<VariableType, Check> = {
  text: anyText,
  textarea: anyText,
  map: anyText,
  tel: anyText,
  select: optionProblem,
  number: formed(numberProblem),
  range: formed(numberProblem),
  checkbox: (text) => (text === 'true' || text === 'false' ? undefined : 'must be true or false'),
  date: formed(dateProblem),
  'datetime-local': formed(dateTimeProblem),
  month: formed(monthProblem),
  time: formed(timeProblem),
  color: formed((text) => (/^#[0-9a-f]{6}$/i.test(text) ? undefined : 'must be a color like #1e90ff')),
  email: formed((text) => (isEmail(text) ? undefined : 'must be an email address')),
  url: formed((text) => (isUrl(text) ? undefined : 'must be a URL like https://example.com/')),
};

/** What keeps `text` from being a value of the type. */
export function problemOfType(type: VariableType, text: string, variable: TemplateVariable): string | undefined {
  return CHECKS[type](text, variable);
}

function formed(check: Check): Check {
  return (text, variable) =>
    text.length > MAX_FORMED_LENGTH ? `must have at most ${MAX_FORMED_LENGTH} characters` : check(text, variable);
}

/** Only the shape: which addresses exist is known to nobody but their mail servers. */
function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL_LENGTH && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)*$/.test(text);
}

/** Absolute and with a host; the parser alone would take `localhost:80`, and mend white space that the text keeps. */
function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text);
}
