import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';

/** What only packages carry of a prompt. */
export interface Packaging {
  readonly author: string | null;
  readonly readme: string | null;
  /** Keys of `prompt.yaml` that the server does not read, in their order. */
  readonly extra: JsonObject;
}

/** Null where there is nothing of it, so that nothing has one form only. */
export function packagingOf(packaging: Packaging): Packaging | null {
  const { author, readme, extra } = packaging;
  return author === null && readme === null && Object.keys(extra).length === 0 ? null : packaging;
}

/** Everything that makes up a prompt's content: two with the same digest say the same. */
export interface RevisionContent {
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly variables: readonly TemplateVariable[];
  /** How the model is to be asked: `model`, `temperature` and so on. */
  readonly settings: JsonObject;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  /** Null where there is nothing of it. */
  readonly packaging: Packaging | null;
}

/**
 * The revision's digest: sha256, lower-case hex, over its canonical form, which docs/build/digest.md describes: RFC 8785 of
 * its content, with the packaging as its own digest.
 */
export function digestOf(revision: RevisionContent): string {
  const { content, syntax, title, description, tags, variables, settings, data, meta, packaging } = revision;
  const form = { content, syntax, title, description, tags, variables, settings, data, meta };
  return sha256({ ...form, packaging: packagingDigestOf(packaging) });
}

/** The digest of what only packages carry, as `sha256:<hex>`. */
export function packagingDigestOf(packaging: Packaging | null): string | null {
  if (!packaging) return null;
  const { author, readme, extra } = packaging;
  return `sha256:${sha256({ author, readme, extra })}`;
}

function sha256(value: object): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');
}
