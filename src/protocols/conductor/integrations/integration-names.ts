import { z } from 'zod';
import { isStorableText } from '../../../common/http/scalars.js';

/** The commas are what joins several models in one query, the colon what parts a provider from its model. */
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

/** Parted at the first colon, since names of models may hold some. Without any there is no model. */
export function readReference(text: string): ModelReference {
  const colon = text.indexOf(':');
  return colon < 0 ? { provider: text, model: '' } : { provider: text.slice(0, colon), model: text.slice(colon + 1) };
}

export function writeReference({ provider, model }: ModelReference): string {
  return `${provider}:${model}`;
}
