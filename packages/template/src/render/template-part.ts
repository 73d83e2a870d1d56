import type { TemplateVariable } from '../template-variable.js';
import type { TemplateText } from '../tokenize.js';

/** A prompt's template as it goes into a rendering: the root, or a part that is included. */
export interface TemplatePart extends Readonly<TemplateText> {
  /** The prompt as `owner/name`, which is the same for all its revisions and references. */
  readonly id: string;
  /** The declared variables. Other variables are found in the text. */
  readonly variables: readonly TemplateVariable[];
}

/** Loaded parts by the `includeKey` of their references. A missing part cannot be included. */
export type LoadedParts<Part extends TemplatePart> = ReadonlyMap<string, Part>;
