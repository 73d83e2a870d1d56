import type { TemplateVariable } from '../template-variable.js';
import type { TemplateText } from '../tokenize.js';

/** A prompt's template as it goes into a rendering: the root, or a part that is included. */
export interface TemplatePart extends Readonly<TemplateText> {
  /** Which prompt it is, as `owner/name`: the same for all its revisions, whatever reference led to it. */
  readonly id: string;
  /** Those that are declared; what the text uses besides is found in it. */
  readonly variables: readonly TemplateVariable[];
}

/** Loaded parts by the `includeKey` of the references that lead to them; what is missing cannot be included. */
export type LoadedParts<Part extends TemplatePart> = ReadonlyMap<string, Part>;
