import { ValidationFailed } from './catalogue.js';
import type { DomainError } from './define-error.js';

/** What is no JSON is, on Open WebUI, a mistake like any other, with the place where reading came to its end. */
export function brokenJson(text: string): DomainError {
  const message = 'JSON decode error';
  const issue = { code: 'json_invalid', path: [brokenAt(text)], message };
  return ValidationFailed({ body: message }, { invalid: { place: 'body', value: {}, issues: [issue] } });
}

function brokenAt(text: string): number {
  try {
    JSON.parse(text);
    return 0;
  } catch (error) {
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    // Without a position the text ended too soon, or began with something else.
    return Number(position ?? (/end of JSON/.test(String(error)) ? text.length : 0));
  }
}
