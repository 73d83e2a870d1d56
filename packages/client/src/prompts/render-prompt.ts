import { includeKey } from '@promptyard/template/includes.js';
import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import { loadIncludes } from '@promptyard/template/render/load-includes.js';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import type { TemplatePart } from '@promptyard/template/render/template-part.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { IncludeReference } from '@promptyard/template/tokenize.js';
import type { PromptData } from './prompt-data.js';
import { PromptFailure } from './prompt-failure.js';
import { type PromptRequest, toPromptRequest } from './prompt-request.js';

export interface RenderSettings {
  /** Refuses values that no variable takes. */
  strict?: boolean;
  signal?: AbortSignal;
}

/** An included part, as in the server's receipt. A bundled copy may lack revision and digest. */
export interface PromptPart {
  owner: string;
  name: string;
  label: string | null;
  revision: number | undefined;
  digest: string | undefined;
}

export interface RenderedPrompt {
  text: string;
  /** Names of the variables that were filled in. */
  variables: string[];
  /** The included parts, each once. */
  parts: PromptPart[];
}

type FindPrompt = (request: PromptRequest) => Promise<PromptData>;

interface SourcedPart extends TemplatePart {
  readonly source: PromptPart;
}

/** The maximum number of concurrent requests for includes. */
const maxConcurrency = 16;
const exactVersion = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;
/** The error codes for a missing prompt or an invalid name. */
const notFoundCodes: readonly string[] = ['NOT_FOUND', 'VALIDATION_ERROR'];

/**
 * Renders a template with the server's own code. Includes are found in the same way as the prompt.
 * @throws TemplateProblems with all problems, and PromptFailure if an include cannot be read
 */
export async function renderPrompt(
  prompt: PromptData,
  { label }: Pick<PromptRequest, 'label'>,
  values: GivenValues,
  { strict = false }: RenderSettings,
  find: FindPrompt,
): Promise<RenderedPrompt> {
  const root = toPart(prompt, label);
  const included = new IncludedParts(find);
  const parts = await loadIncludes(root, (references) => included.load(references));
  const rendered = renderTemplate(root, { values, parts, strict });
  return { text: rendered.text, variables: rendered.variables, parts: rendered.parts.map(({ source }) => source) };
}

class IncludedParts {
  private readonly parts = new Map<string, SourcedPart>();

  constructor(private readonly find: FindPrompt) {}

  async load(references: readonly IncludeReference[]): Promise<Map<string, SourcedPart>> {
    const loaded = new Map<string, SourcedPart>();
    for (let start = 0; start < references.length; start += maxConcurrency) {
      const some = references.slice(start, start + maxConcurrency);
      const found = await Promise.all(some.map((reference) => this.read(reference)));
      for (const [index, reference] of some.entries()) {
        const part = found[index];
        if (part) loaded.set(includeKey(reference), this.deduplicate(part, reference));
      }
    }
    return loaded;
  }

  /** Undefined for a missing part, which the rendering reports with its other problems. */
  private async read(reference: IncludeReference): Promise<SourcedPart | undefined> {
    const request = toRequest(reference);
    try {
      return request && toPart(await this.find(request), request.label);
    } catch (error) {
      if (error instanceof PromptFailure && notFoundCodes.includes(error.code)) return undefined;
      throw error;
    }
  }

  /** Several references to a revision share one object. */
  private deduplicate(part: SourcedPart, { selector }: IncludeReference): SourcedPart {
    const key = `${part.id}@${part.source.revision ?? selector}`;
    const known = this.parts.get(key) ?? part;
    this.parts.set(key, known);
    return known;
  }
}

/** By a label or a valid version; `01.2.3` is invalid. */
function toRequest({ owner, name, selector }: IncludeReference): PromptRequest | undefined {
  const id = `${owner}/${name}`;
  if (selector === undefined || /^[a-z]/.test(selector)) return toPromptRequest(id, { label: selector });
  return exactVersion.test(selector) ? toPromptRequest(id, { version: selector }) : undefined;
}

function toPart(prompt: PromptData, label: string | null): SourcedPart {
  const { owner, name, content, syntax, number, digest } = prompt;
  // The properties of a variable are JSON, because they were parsed from JSON.
  const variables = prompt.variables as readonly TemplateVariable[];
  return {
    id: `${owner}/${name}`,
    text: content,
    syntax,
    variables,
    source: { owner, name, label, revision: number, digest },
  };
}
