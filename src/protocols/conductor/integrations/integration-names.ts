import { z } from 'zod';
import { isStorableText } from '../../../common/http/scalars.js';

/** Commas separate several models in one query. The colon separates a provider from its model. */
const nameWithout = (separators: RegExp, problem: string) =>
  z
    .string()
    .min(1)
    .max(255)
    .refine((name) => isStorableText(name) && !/\p{Cc}/u.test(name), 'must be printable')
    .refine((name) => !separators.test(name), problem);

export const ProviderName = nameWithout(/[:,]/, 'must hold no colon and no comma').describe('Name of the provider.');
export const ModelName = nameWithout(/,/, 'must hold no comma').describe(
  'Name of the model, as its provider calls it.',
);

/** A model as templates name it: `provider:model`. */
export interface ModelReference {
  readonly provider: string;
  readonly model: string;
}

/** Splits at the first colon, because names of models may contain colons. Without a colon the model is empty. */
export function readReference(text: string): ModelReference {
  const colon = text.indexOf(':');
  return colon < 0 ? { provider: text, model: '' } : { provider: text.slice(0, colon), model: text.slice(colon + 1) };
}

export function writeReference({ provider, model }: ModelReference): string {
  return `${provider}:${model}`;
}
