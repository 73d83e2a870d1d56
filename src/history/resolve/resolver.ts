import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { RevisionNotFound } from '../revisions/revisions.errors.js';
import { ResolveReader, type ResolvedRevision } from './resolve-reader.js';
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
  /** Whether another caller would read the same now. */
  readonly isCurrentFor: (caller: Caller) => boolean;
}

/** Finds the revision that a caller selects. */
@Injectable()
export class Resolver {
  constructor(private readonly reader: ResolveReader) {}

  /** @throws PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound */
  async resolve(path: PromptPath, selector: Selector, caller: Caller): Promise<Resolution> {
    const found = await this.reader.find(path, selector, caller);
    const { guarded, revision } = found;
    if (!revision) throw notFound[selector.kind]();
    return {
      revision,
      isPublic: guarded.visibility === 'public',
      isCurrentFor: (next) => this.reader.isCurrentFor(found, next),
    };
  }
}
