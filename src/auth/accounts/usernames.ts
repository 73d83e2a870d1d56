import { randomBytes } from 'node:crypto';
import { Slug } from '../../common/http/scalars.js';

const longest = 39;
const suffixBytes = 3;
const mostTries = 10;

/** User names for who has told an address and a name only: what stands before the `@`, then the same with a suffix. */
export function* usernamesFor(email: string, name: string): Generator<string> {
  const word = slugOf(email.split('@', 1)[0] ?? '') ?? slugOf(name) ?? 'user';
  yield word;
  const stem = word.slice(0, longest - suffixBytes * 2 - 1);
  for (let tries = 1; tries < mostTries; tries += 1) yield `${stem}-${randomBytes(suffixBytes).toString('hex')}`;
}

/** The text with everything left out that a slug cannot have; undefined if nothing usable is left. */
function slugOf(text: string): string | undefined {
  const letters = text.slice(0, 1000).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = letters
    .match(/[a-z0-9]+/g)
    ?.join('-')
    .slice(0, longest)
    .replace(/-$/, '');
  return Slug.safeParse(slug).data;
}
