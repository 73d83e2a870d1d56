import { createHash } from 'node:crypto';
import { includeKey } from '@promptyard/template/includes.js';
import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import { type LoadParts, loadIncludes } from '@promptyard/template/render/load-includes.js';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { IncludeReference } from '@promptyard/template/tokenize.js';
import { ApiError } from '../api/api-error.js';
import type { Rendered } from '../api/response-schemas.js';
import type { ApiClient } from '../api/api-client.js';
import { toSelection } from '../api/prompt-reference.js';
import { CliError } from '../cli-error.js';
import { type SourcedTemplate, serverTemplate } from './template-source.js';

interface RenderOptions {
  readonly values: GivenValues;
  readonly strict: boolean;
  /** Used for includes only. */
  readonly api: ApiClient;
}

/** Renders a template with the server's own code, and returns the same receipt as the server. */
export async function renderLocally(root: SourcedTemplate, { values, strict, api }: RenderOptions): Promise<Rendered> {
  try {
    const parts = await loadIncludes(root, partsLoader(api));
    const rendered = renderTemplate(root, { values, strict, parts });
    const receipt = {
      ...root.source,
      variables: rendered.variables,
      parts: rendered.parts.map(({ source }) => source),
      output_digest: `sha256:${createHash('sha256').update(rendered.text).digest('hex')}`,
      rendered_at: new Date().toISOString(),
    };
    return { text: rendered.text, receipt };
  } catch (error) {
    throw error instanceof TemplateProblems ? renderError(error) : error;
  }
}

/** All references to a revision share one object, so that the receipt lists it once. */
function partsLoader(api: ApiClient): LoadParts<SourcedTemplate> {
  const known = new Map<string, SourcedTemplate>();
  return async (references) => {
    const parts = new Map<string, SourcedTemplate>();
    for (const reference of references) {
      const loaded = await loadPart(api, reference);
      if (loaded === undefined) continue;
      const revision = `${loaded.id} ${loaded.source.revision}`;
      const part = known.get(revision) ?? loaded;
      known.set(revision, part);
      parts.set(includeKey(reference), part);
    }
    return parts;
  };
}

/** Undefined for a missing or unreadable prompt; the rendering then reports the include. */
async function loadPart(
  api: ApiClient,
  { owner, name, selector }: IncludeReference,
): Promise<SourcedTemplate | undefined> {
  try {
    return await serverTemplate(api, { owner, name }, { ...toSelection(selector) });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function renderError(error: TemplateProblems): CliError {
  const details = Object.entries(error.details).map(([field, problem]) => `${field}: ${problem}`);
  return new CliError('the prompt cannot be rendered', {
    code: 'VALIDATION_ERROR',
    details,
    hint: 'Give values with --var name=value, --var-file or --stdin.',
    cause: error,
  });
}
