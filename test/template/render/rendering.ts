import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import { loadIncludes } from '@promptyard/template/render/load-includes.js';
import { type Rendered, renderTemplate } from '@promptyard/template/render/render-template.js';
import type { TemplatePart } from '@promptyard/template/render/template-part.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';

export function part(
  id: string,
  text: string,
  variables: readonly TemplateVariable[] = [],
  syntax: TemplateSyntax = 'braces',
): TemplatePart {
  return { id, text, syntax, variables };
}

interface RenderSettings {
  values?: GivenValues;
  /** The prompts that can be included, by `owner/name` or `owner/name@selector`. */
  library?: Record<string, TemplatePart>;
  variables?: readonly TemplateVariable[];
  syntax?: TemplateSyntax;
  strict?: boolean;
}

/** Loads and renders the text as the prompt `a/root`. */
export async function render(text: string, settings: RenderSettings = {}): Promise<Rendered<TemplatePart>> {
  const { values = {}, library = {}, variables, syntax, strict } = settings;
  const root = part('a/root', text, variables, syntax);
  const parts = await loadIncludes(root, () => Promise.resolve(new Map(Object.entries(library))));
  return renderTemplate(root, { values, parts, strict });
}

export async function textOf(text: string, settings?: RenderSettings): Promise<string> {
  return (await render(text, settings)).text;
}

/** The details of the refusal. */
export async function problemsOf(text: string, settings?: RenderSettings): Promise<Record<string, string>> {
  const outcome: unknown = await render(text, settings).catch((error: unknown) => error);
  if (outcome instanceof TemplateProblems) return outcome.details;
  throw new Error('It was rendered, or failed otherwise', { cause: outcome });
}
