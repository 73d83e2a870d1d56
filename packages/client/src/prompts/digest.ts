import type { PromptData } from './prompt-data.js';
import { PromptFailure } from './prompt-failure.js';

/** Computes the digest of a revision's content (docs/build/digest.md): `sha256:<hex>`. */
export async function digestOf(prompt: PromptData): Promise<string> {
  const { content, syntax, title, description, tags, variables, settings, data, meta, packaging } = prompt;
  const form = { content, syntax, title, description, tags, variables, settings, data, meta, packaging };
  const hash = await webCrypto().digest('SHA-256', new TextEncoder().encode(canonicalJson(form)));
  return `sha256:${Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The canonical JSON of RFC 8785. JSON.stringify already formats numbers and texts accordingly; this sorts the keys.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

function webCrypto() {
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>;
  if (subtle) return subtle;
  const message = 'a digest needs Web Crypto, which browsers give to pages from https and from localhost only';
  throw new PromptFailure('NO_WEB_CRYPTO', message);
}
