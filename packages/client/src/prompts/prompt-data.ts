import type { Resolved } from '../generated/types.gen.js';

/** The fields of the digest (docs/build/digest.md). */
type ContentField =
  'content' | 'syntax' | 'title' | 'description' | 'tags' | 'variables' | 'settings' | 'data' | 'meta' | 'packaging';

/** A revision as the API shows it. A bundled copy may omit number, digest, author and so on. */
export type PromptData = Readonly<
  Pick<Resolved, 'owner' | 'name' | ContentField> & Partial<Omit<Resolved, 'owner' | 'name' | ContentField>>
>;

/** A copy that a program contains: an answer of `resolvePrompt`, or only its content. */
export interface BundledPrompt extends Partial<Omit<Resolved, 'content' | 'syntax'>> {
  content: string;
  /** `braces` (if left out) or `dollar`. */
  syntax?: string;
}

/** Whether an answer is one of `resolvePrompt`, and not a page of a proxy. */
export function isResolved(answer: unknown): answer is Resolved {
  if (typeof answer !== 'object' || answer === null) return false;
  const { owner, name, number, digest, content, syntax, variables } = answer as Partial<
    Record<keyof Resolved, unknown>
  >;
  const texts = [owner, name, digest, content].every((text) => typeof text === 'string');
  return texts && typeof number === 'number' && isSyntax(syntax) && Array.isArray(variables);
}

/** @throws TypeError for an unknown syntax */
export function toPromptData(id: string, bundled: BundledPrompt): PromptData {
  const { content, syntax = 'braces', ...said } = structuredClone(bundled);
  if (typeof content !== 'string' || !isSyntax(syntax)) throw new TypeError(`The bundled copy of ${id} is no prompt`);
  const [owner = '', name = ''] = id.split('/');
  const nothing = { title: null, description: null, tags: [], variables: [], settings: {}, data: {}, meta: {} };
  return deepFreeze({ owner, name, packaging: null, ...nothing, ...said, content, syntax });
}

/** Freezes a value deeply, because callers share it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

function isSyntax(syntax: unknown): syntax is Resolved['syntax'] {
  return syntax === 'braces' || syntax === 'dollar';
}
