import { type BundledPrompt, type PromptData, toPromptData } from './prompt-data.js';
import { type PromptRequest, toPromptRequest } from './prompt-request.js';

/** Finds the copy for a wish. One without a selector stands for every label, which moves anyway, and for nothing else. */
export function bundledPromptLookup(
  fallback: Readonly<Record<string, BundledPrompt>>,
): (request: PromptRequest) => PromptData | undefined {
  const copies = new Map(Object.entries(fallback).map(([key, bundled]) => toEntry(key, bundled)));
  return ({ id, key, label }) => copies.get(key) ?? (label === null ? undefined : copies.get(id));
}

/** @throws TypeError for a key that names no prompt, and for what is none */
function toEntry(key: string, bundled: BundledPrompt): [key: string, copy: PromptData] {
  const [prompt = '', ...selector] = key.split('@');
  const { id } = toPromptRequest(prompt);
  return [[id, ...selector].join('@'), toPromptData(id, bundled)];
}
