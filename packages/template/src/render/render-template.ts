import type { LoadedParts, TemplatePart } from './template-part.js';
import { compose } from './compose.js';
import { expandIncludes } from './expand-includes.js';
import { fillVariables, type GivenValues, refuseUnknown } from './fill-variables.js';
import { ProblemList } from './template-problems.js';

export interface RenderOptions<Part extends TemplatePart> {
  /** By name; anything but text, numbers and booleans is refused, and null counts as not given. */
  values: GivenValues;
  /** The result of `loadIncludes`; not needed for a template without includes. */
  parts?: LoadedParts<Part>;
  /** Refuses values for names that neither the template nor a part of it knows. */
  strict?: boolean;
}

export interface Rendered<Part extends TemplatePart> {
  text: string;
  /** The names that a value or a default was filled in for, in the order of their first use. */
  variables: string[];
  /** The included parts, each once, in the order of first use, without the root. */
  parts: Part[];
}

/**
 * Fills in a template and what it includes. Values are data: they go into the text as they are and are never read again.
 * Takes time in proportion to the texts, the values and the output. @throws TemplateProblems with all that is wrong
 */
export function renderTemplate<Part extends TemplatePart>(root: Part, options: RenderOptions<Part>): Rendered<Part> {
  const problems = new ProblemList();
  const tree = expandIncludes(root, options.parts ?? new Map<string, Part>(), problems);
  // Values for an include that was not found must not be reported as unknown.
  if (options.strict && problems.isEmpty) refuseUnknown(tree, options.values, problems);
  const fillings = fillVariables(tree, options.values, problems);
  problems.throwIfAny();
  return { ...compose(tree, fillings), parts: tree.included.map(({ part }) => part) };
}
