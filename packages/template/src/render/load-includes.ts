import { includeKey, includesOf } from '../includes.js';
import type { IncludeReference } from '../tokenize.js';
import { tooManyIncludesMessage } from './expand-includes.js';
import { RenderLimits } from './limits.js';
import type { LoadedParts, TemplatePart } from './template-part.js';
import { TemplateProblems } from './template-problems.js';

/** Returns the found parts by the `includeKey` of their references, with one object per revision. */
export type LoadParts<Part extends TemplatePart> = (
  references: readonly IncludeReference[],
) => Promise<LoadedParts<Part>>;

/**
 * Loads all that a rendering of `root` can include: one call of `load` for each depth, no reference twice, nothing below
 * the deepest level. @throws TemplateProblems when there are more references than a rendering may expand.
 */
export async function loadIncludes<Part extends TemplatePart>(
  root: Part,
  load: LoadParts<Part>,
): Promise<LoadedParts<Part>> {
  const loaded = new Map<string, Part>();
  const requested = new Set<string>();
  let level = new Set([root]);
  for (let depth = 1; depth <= RenderLimits.depth; depth += 1) {
    const references = [...level].flatMap((part) => newReferences(part, requested));
    if (references.length === 0) break;
    const parts = await load(references);
    for (const [key, part] of parts) loaded.set(key, part);
    level = new Set(parts.values());
  }
  return loaded;
}

function newReferences({ text, syntax }: TemplatePart, requested: Set<string>): IncludeReference[] {
  const references = includesOf(text, syntax).filter((reference) => !requested.has(includeKey(reference)));
  for (const reference of references) requested.add(includeKey(reference));
  if (requested.size > RenderLimits.expansions) throw new TemplateProblems({ content: tooManyIncludesMessage });
  return references;
}
