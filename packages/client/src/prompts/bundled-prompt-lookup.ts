import { type BundledPrompt, type PromptData, toPromptData } from './prompt-data.js';
import { type PromptRequest, toPromptRequest } from './prompt-request.js';

/**
 * Finds the bundled copy for a request. A copy without a selector is used for every label, but not for revisions and
 * versions.
 */
export function bundledPromptLookup(
  fallback: Readonly<Record<string, BundledPrompt>>,
): (request: PromptRequest) => PromptData | undefined {
  const copies = new Map(Object.entries(fallback).map(([key, bundled]) => toEntry(key, bundled)));
  return ({ id, key, label }) => copies.get(key) ?? (label === null ? undefined : copies.get(id));
}

/** @throws TypeError for an invalid key or an invalid copy */
function toEntry(key: string, bundled: BundledPrompt): [key: string, copy: PromptData] {
  const [prompt = '', ...selector] = key.split('@');
  const { id } = toPromptRequest(prompt);
  return [[id, ...selector].join('@'), toPromptData(id, bundled)];
}
