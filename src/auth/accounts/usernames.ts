import { randomBytes } from 'node:crypto';
import { Slug } from '../../common/http/scalars.js';

const maxLength = 39;
const suffixBytes = 3;
const maxAttempts = 10;

/**
 * Candidates for the user name of a sign-up: the part of the address before the `@`, then the same with random
 * suffixes.
 */
export function* usernamesFor(email: string, name: string): Generator<string> {
  const word = slugOf(email.split('@', 1)[0] ?? '') ?? slugOf(name) ?? 'user';
  yield word;
  const stem = word.slice(0, maxLength - suffixBytes * 2 - 1);
  for (let attempt = 1; attempt < maxAttempts; attempt += 1)
    yield `${stem}-${randomBytes(suffixBytes).toString('hex')}`;
}

/** The text with everything left out that a slug cannot have; undefined if nothing usable is left. */
function slugOf(text: string): string | undefined {
  const letters = text.slice(0, 1000).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = letters
    .match(/[a-z0-9]+/g)
    ?.join('-')
    .slice(0, maxLength)
    .replace(/-$/, '');
  return Slug.safeParse(slug).data;
}
