import { createHash } from 'node:crypto';

const longest = 64;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function isSlug(name: string): boolean {
  return name.length <= longest && SLUG.test(name);
}

/** The name in the form that `/v1` takes: `Linux Terminal (v2)` is `linux-terminal-v2`. Always the same for the same name. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = trimmed(plain.replace(/[^a-z0-9]+/g, '-'));
  return slug === '' ? `prompt-${shortDigest(name)}` : slug;
}

/** Another slug for a name whose own is taken: the same for the same id, whoever comes first. */
export function otherSlug(slug: string, id: string): string {
  const mark = `-${shortDigest(id)}`;
  return trimmed(slug.slice(0, longest - mark.length)) + mark;
}

function trimmed(text: string): string {
  return text.replace(/^-+/, '').slice(0, longest).replace(/-+$/, '');
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
