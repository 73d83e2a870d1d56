import { type IncludeReference, type TemplateSyntax, tokenize } from './tokenize.js';

/** One text for one reference: `owner/name` or `owner/name@selector`. */
export function includeKey({ owner, name, selector }: IncludeReference): string {
  return selector === undefined ? `${owner}/${name}` : `${owner}/${name}@${selector}`;
}

/** The prompts that a template includes, each reference once, in the order of their first use. */
export function includesOf(text: string, syntax: TemplateSyntax): IncludeReference[] {
  const references = new Map<string, IncludeReference>();
  for (const token of tokenize(text, syntax)) {
    if (token.kind !== 'include') continue;
    const { kind, start, end, ...reference } = token;
    references.set(includeKey(reference), reference);
  }
  return [...references.values()];
}
