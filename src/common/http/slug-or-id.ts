import { foldAscii } from '../ascii.js';
import { isUuid } from './scalars.js';

/** A slug as it is looked up, or an id where the text is one: slugs are never shaped like ids. */
export function slugOrId(text: string): [slug: string | null, id: string | null] {
  return isUuid(text) ? [null, text] : [foldAscii(text), null];
}
