import type { AcceptedValues } from './accepted-values.js';
import type { NumberRule } from './number-rule.js';

/** Longer lists and texts are truncated, because messages are for people. */
const maxListed = 5;
const maxTextLength = 40;

const formNames = {
  date: 'a date',
  'datetime-local': 'a date and time',
  month: 'a month',
  time: 'a time',
  color: 'a color',
  email: 'an email address',
  url: 'a URL',
} as const;

/** The text that follows "takes". */
export function describeValues(values: AcceptedValues): string {
  switch (values.kind) {
    case 'any':
      return 'any text';
    case 'list':
      return `only ${listTexts(values.values)}`;
    case 'form':
      return formNames[values.type];
    case 'numbers':
      return describeNumbers(values.rule);
  }
}

export function listTexts(texts: readonly string[]): string {
  const listed = texts.slice(0, maxListed).map(quote);
  const rest = texts.length - listed.length;
  return [...listed, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function quote(text: string): string {
  const short = text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()}…` : text;
  return JSON.stringify(short);
}

function describeNumbers({ min, max, step }: NumberRule): string {
  const limits = [
    ...(min === undefined ? [] : [`from ${min}`]),
    ...(max === undefined ? [] : [`up to ${max}`]),
    ...(step === undefined ? [] : [`in steps of ${step}`]),
  ];
  return limits.length === 0 ? 'any number' : `numbers ${limits.join(' ')}`;
}
