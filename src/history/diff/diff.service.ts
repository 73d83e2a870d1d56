import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { Answer } from '../../common/http/answer.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { Resolver } from '../resolve/resolver.js';
import { parseSelector, type Selector } from '../resolve/selector.js';
import type { DiffQuery, RevisionDiff } from './diff.dto.js';

/** Compares two revisions of a prompt. */
@Injectable()
export class DiffService {
  constructor(private readonly resolver: Resolver) {}

  /** Returns the patch itself if the client accepts `text/x-diff` rather than JSON. @throws what Resolver throws */
  async diff(path: PromptPath, query: DiffQuery, accept: string | undefined, caller: Caller) {
    const selectors = { from: selectorOf('from', query.from), to: selectorOf('to', query.to) };
    const from = await this.resolver.resolve(path, selectors.from, caller);
    const to = await this.resolver.resolve(path, selectors.to, caller);
    // Loaded at first use, because few processes compare anything.
    const { diffRevisions } = await import('./diff-revisions.js');
    const diff = diffRevisions(from.revision, to.revision);
    return prefersPatch(accept) ? asPatch(diff) : new Answer(diff, { headers: { vary: 'Accept' } });
  }
}

function selectorOf(field: string, word: string): Selector {
  const selector = parseSelector(word);
  if (!selector) throw ValidationFailed({ [field]: 'must be a number, a label or a version' });
  return selector;
}

function prefersPatch(accept = ''): boolean {
  const types = accept.split(',').map((part) => part.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/x-diff') && !types.includes('application/json');
}

function asPatch({ unified }: RevisionDiff): Answer<string> {
  return new Answer(unified, { headers: { 'content-type': 'text/x-diff; charset=utf-8', vary: 'Accept' } });
}
