import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import { type Answer, repeatable, serializedAnswer } from '../../common/http/answer.js';
import { deprecationHeaders } from '../releases/deprecation.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { type RevisionTag, writeTag } from '../revisions/revision-tag.js';
import { toRevision } from '../revisions/revisions.mapper.js';
import { type ResolvedBy, type ResolveQuery } from './resolve.dto.js';
import { DigestMismatch } from './resolve.errors.js';
import type { ResolvedRevision } from './resolve-reader.js';
import { Resolver } from './resolver.js';
import { type Selector, toSelector } from './selector.js';

/** The read that applications make: a revision by label, number, version or range. */
@Injectable()
export class ResolveService {
  constructor(private readonly resolver: Resolver) {}

  /** @throws PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound, DigestMismatch */
  async resolve(path: PromptPath, query: ResolveQuery, caller: Caller): Promise<Answer<Buffer>> {
    const selector = toSelector(query);
    const { revision, isPublic, isCurrentFor } = await this.resolver.resolve(path, selector, caller);
    const content = toRevision(revision);
    assertExpected(content, query.expect);
    const { owner, name, labels } = revision;
    const resolved = { owner, name, ...content, resolved_by: resolvedBy(selector, revision) };
    const isFixed = selector.kind === 'revision' || selector.kind === 'version';
    const headers = { ...cacheHeaders(content, isFixed, isPublic), ...deprecationHeaders(revision.deprecation) };
    const answer = serializedAnswer(isFixed ? resolved : { ...resolved, labels }, { headers });
    // What was not cached when it was read cannot be repeated.
    return isCurrentFor(caller) ? repeatable(answer, ({ caller: next }) => isCurrentFor(next)) : answer;
  }
}

/** @throws DigestMismatch, so that a client that pins a digest fails closed */
export function assertExpected({ digest }: RevisionTag, expected: string | undefined): void {
  if (expected !== undefined && expected !== digest) throw DigestMismatch({ expected, actual: digest });
}

export function resolvedBy(selector: Selector, { version }: ResolvedRevision): ResolvedBy {
  switch (selector.kind) {
    case 'label':
      return { label: selector.label, ...(selector.at === undefined ? {} : { at: selector.at }) };
    case 'revision':
      return { revision: selector.revision };
    case 'version':
      return { version: selector.version };
    case 'range':
      return { range: selector.range, ...(version === null ? {} : { version }) };
  }
}

function cacheHeaders({ number, digest }: RevisionTag, isFixed: boolean, isPublic: boolean) {
  const lasting = isFixed ? 'max-age=86400, immutable' : 'no-cache';
  return {
    etag: writeTag({ number, digest }),
    'cache-control': isPublic && !isFixed ? lasting : `${isPublic ? 'public' : 'private'}, ${lasting}`,
  };
}
