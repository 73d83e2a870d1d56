import { createHash } from 'node:crypto';

const maxLength = 64;
const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function isSlug(name: string): boolean {
  return name.length <= maxLength && slugPattern.test(name);
}

/** The name in the form of `/v1`: `Linux Terminal (v2)` is `linux-terminal-v2`. The result depends on the name only. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = trimSlug(plain.replace(/[^a-z0-9]+/g, '-'));
  return slug === '' ? `prompt-${shortDigest(name)}` : slug;
}

/** Another slug for a name whose slug is taken. It depends only on the id. */
export function alternativeSlug(slug: string, id: string): string {
  const mark = `-${shortDigest(id)}`;
  return trimSlug(slug.slice(0, maxLength - mark.length)) + mark;
}

function trimSlug(text: string): string {
  return text.replace(/^-+/, '').slice(0, maxLength).replace(/-+$/, '');
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
