import { usageError } from '../cli-error.js';

export interface PromptReference {
  readonly owner: string;
  readonly name: string;
  /** After the `@`: a label, a revision's number, a version or a range. */
  readonly selector?: string;
}

/** How resolve and render select a revision. */
export type Selection = { label: string } | { revision: string } | { version: string };

const referencePattern = /^([^\s/@]+)\/([^\s/@]+)(?:@(.+))?$/s;
const labelPattern = /^[a-z][a-z0-9_.-]{0,35}$/;
const numberPattern = /^[1-9]\d*$/;

/** Reads `owner/name` or `owner/name@selector`. @throws CliError, wrong usage */
export function parseReference(text: string): PromptReference {
  const [, owner, name, selector] = referencePattern.exec(text) ?? [];
  if (owner === undefined || name === undefined || isDots(owner) || isDots(name))
    throw usageError(`${JSON.stringify(text)} is no valid prompt`, 'Write owner/name, or owner/name@label.');
  return { owner, name, selector };
}

/** Like parseReference, but without a selector. */
export function parsePromptName(text: string): PromptReference {
  const reference = parseReference(text);
  if (reference.selector !== undefined)
    throw usageError(`${JSON.stringify(text)} has more than a prompt's name`, 'Write owner/name without the @.');
  return reference;
}

/** `7` is a revision, a word is a label, anything else is a version or a range. The default is `production`. */
export function toSelection(selector = 'production'): Selection {
  if (numberPattern.test(selector)) return { revision: selector };
  return labelPattern.test(selector) ? { label: selector } : { version: selector };
}

export function formatReference({ owner, name, selector }: PromptReference): string {
  return selector === undefined ? `${owner}/${name}` : `${owner}/${name}@${selector}`;
}

// A URL removes such segments, so the request would have another path.
function isDots(segment: string): boolean {
  return segment === '.' || segment === '..';
}
