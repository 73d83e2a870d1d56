import { type BundledPrompt, type PromptData, toPromptData } from './prompt-data.js';
import { type PromptWish, toWish } from './prompt-wish.js';

/** Finds the copy for a wish. One without a selector stands for every label, which moves anyway, and for nothing else. */
export function bundledPrompts(
  fallback: Readonly<Record<string, BundledPrompt>>,
): (wish: PromptWish) => PromptData | undefined {
  const copies = new Map(Object.entries(fallback).map(([key, bundled]) => toCopy(key, bundled)));
  return ({ id, key, label }) => copies.get(key) ?? (label === null ? undefined : copies.get(id));
}

/** @throws TypeError for a key that names no prompt, and for what is none */
function toCopy(key: string, bundled: BundledPrompt): [key: string, copy: PromptData] {
  const [prompt = '', ...selector] = key.split('@');
  const { id } = toWish(prompt);
  return [[id, ...selector].join('@'), toPromptData(id, bundled)];
}
