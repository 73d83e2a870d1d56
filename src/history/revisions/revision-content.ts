import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';

/** The fields that only packages have. */
export interface Packaging {
  readonly author: string | null;
  readonly readme: string | null;
  /** Keys of `prompt.yaml` that the server does not read, in their order. */
  readonly extra: JsonObject;
}

/** Null if all fields are empty, so that empty packaging has a single form. */
export function packagingOf(packaging: Packaging): Packaging | null {
  const { author, readme, extra } = packaging;
  return author === null && readme === null && Object.keys(extra).length === 0 ? null : packaging;
}

/** The content of a revision. Equal contents have equal digests. */
export interface RevisionContent {
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly variables: readonly TemplateVariable[];
  /** Settings of the model: `model`, `temperature` and so on. */
  readonly settings: JsonObject;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  /** Null if it is empty. */
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
