import { Injectable } from '@nestjs/common';
import { isAllowed } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { isStorableText } from '../../common/http/scalars.js';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import { LabelNotFound } from '../labels/labels.errors.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { RevisionNotFound } from '../revisions/revisions.errors.js';
import { ResolveRepository, type ResolvedRevision } from './resolve.repository.js';
import type { Selector } from './selector.js';

const notFound: Record<Selector['kind'], ErrorFactory> = {
  label: LabelNotFound,
  revision: RevisionNotFound,
  version: VersionNotFound,
  range: VersionNotFound,
};

export interface Resolution {
  readonly revision: ResolvedRevision;
  readonly isPublic: boolean;
}

/** Finds the revision that a caller selects. */
@Injectable()
export class Resolver {
  constructor(private readonly repository: ResolveRepository) {}

  /** @throws PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound */
  async resolve(path: PromptPath, selector: Selector, caller: Caller): Promise<Resolution> {
    if (!isStorableText(path.owner) || !isStorableText(path.name)) throw PromptNotFound();
    const found = await this.repository.find(path, selector, caller);
    if (!found || !isAllowed(caller, 'read', found.guarded)) throw PromptNotFound();
    if (!found.revision) throw notFound[selector.kind]();
    return { revision: found.revision, isPublic: found.guarded.visibility === 'public' };
  }
}
