import type { Resolved } from '../generated/types.gen.js';

/** What a digest is computed from (docs/build/digest.md). */
type ContentField =
  'content' | 'syntax' | 'title' | 'description' | 'tags' | 'variables' | 'settings' | 'data' | 'meta' | 'packaging';

/** A revision as the API shows it; a bundled copy may leave out where it stands: number, digest, author and so on. */
export type PromptData = Readonly<
  Pick<Resolved, 'owner' | 'name' | ContentField> & Partial<Omit<Resolved, 'owner' | 'name' | ContentField>>
>;

/** A copy that a program carries with it: an answer of `resolvePrompt` as it is, or only its content. */
export interface BundledPrompt extends Partial<Omit<Resolved, 'content' | 'syntax'>> {
  content: string;
  /** `braces` (if left out) or `dollar`. */
  syntax?: string;
}

/** Whether an answer is one of `resolvePrompt`, and not the page of some proxy. */
export function isResolved(answer: unknown): answer is Resolved {
  if (typeof answer !== 'object' || answer === null) return false;
  const { owner, name, number, digest, content, syntax, variables } = answer as Partial<
    Record<keyof Resolved, unknown>
  >;
  const texts = [owner, name, digest, content].every((text) => typeof text === 'string');
  return texts && typeof number === 'number' && isSyntax(syntax) && Array.isArray(variables);
}

/** @throws TypeError for a syntax that is none */
export function toPromptData(id: string, bundled: BundledPrompt): PromptData {
  const { content, syntax = 'braces', ...said } = structuredClone(bundled);
  if (typeof content !== 'string' || !isSyntax(syntax)) throw new TypeError(`The bundled copy of ${id} is no prompt`);
  const [owner = '', name = ''] = id.split('/');
  const nothing = { title: null, description: null, tags: [], variables: [], settings: {}, data: {}, meta: {} };
  return deepFreeze({ owner, name, packaging: null, ...nothing, ...said, content, syntax });
}

/** With all that is in it: one copy is given to many. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

function isSyntax(syntax: unknown): syntax is Resolved['syntax'] {
  return syntax === 'braces' || syntax === 'dollar';
}
