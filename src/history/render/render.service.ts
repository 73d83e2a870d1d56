import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { Caller } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import type { ResolvedRevision } from '../resolve/resolve-reader.js';
import { assertExpected } from '../resolve/resolve.service.js';
import { Resolver } from '../resolve/resolver.js';
import { toSelector } from '../resolve/selector.js';
import { IncludeLoader, type SourcedPart } from './include-loader.js';
import type { Rendered, RenderPrompt } from './render.dto.js';

/** Renders a template, and lists its parts in a receipt. */
@Injectable()
export class RenderService {
  constructor(
    private readonly resolver: Resolver,
    private readonly includes: IncludeLoader,
  ) {}

  /** @throws ValidationFailed with all that is wrong, and what Resolver throws */
  async render(path: PromptPath, input: RenderPrompt, caller: Caller): Promise<Rendered> {
    const selector = toSelector(input);
    const { revision } = await this.resolver.resolve(path, selector, caller);
    const root = toPart(revision, selector.kind === 'label' ? selector.label : null);
    const { revision: number, digest } = root.source;
    assertExpected({ number, digest }, input.expect);
    const { text, variables, parts } = await this.fill(root, input, caller);
    const receipt = {
      ...root.source,
      variables,
      parts: parts.map(({ source }) => source),
      output_digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
      rendered_at: new Date().toISOString(),
    };
    return { text, receipt };
  }

  private async fill(root: SourcedPart, { variables, strict }: RenderPrompt, caller: Caller) {
    try {
      const parts = await this.includes.load(root, caller);
      return renderTemplate(root, { values: variables, parts, strict });
    } catch (error) {
      throw error instanceof TemplateProblems ? ValidationFailed(error.details, { cause: error }) : error;
    }
  }
}

function toPart(
  { owner, name, number, digest, content, syntax, variables }: ResolvedRevision,
  label: string | null,
): SourcedPart {
  const source = { owner, name, label, revision: number, digest: `sha256:${digest}` };
  return { id: `${owner}/${name}`, text: content, syntax, variables, source };
}
