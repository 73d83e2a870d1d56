import { Injectable } from '@nestjs/common';
import type { Guarded } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { type GuardedRow, toGuarded } from '../../prompts/guarded-prompt.queries.js';
import { latest } from '../pointers/label-name.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { PublicReadCache, type PublicStatement } from '../../prompts/public-read-cache.js';
import { type Deprecation, toDeprecation } from '../releases/deprecation.js';
import type { RevisionRecord } from '../revisions/revision.repository.js';
import { statements } from './resolve.queries.js';
import type { Selector } from './selector.js';

/** A revision that a selector has found. */
export interface ResolvedRevision extends RevisionRecord {
  readonly owner: string;
  readonly name: string;
  /** The version that was selected, by its number or by a range. */
  readonly version: string | null;
  /** The deprecation of the selected version, or else of the highest version that points to this revision. */
  readonly deprecation: Deprecation | undefined;
}

export interface ResolvedPrompt {
  readonly guarded: Guarded;
  readonly revision: ResolvedRevision | undefined;
}

interface PromptColumns extends GuardedRow {
  readonly owner: string;
  readonly name: string;
  readonly version: string | null;
  readonly deprecated: string | null;
  readonly deprecatedAt: string | null;
}

/** Without a revision all of its columns are null. */
type ResolvedRow = PromptColumns & ({ id: null } | RevisionRecord);

/** Reads what a selector points to, with one statement. */
@Injectable()
export class ResolveReader {
  constructor(private readonly reads: PublicReadCache) {}

  /** Whether what was found is what the caller would find now. */
  isCurrentFor(found: ResolvedPrompt, caller: Caller): boolean {
    return this.reads.isCurrentFor(found, caller);
  }

  /** @throws PromptNotFound, also for a prompt that the caller may not read */
  find(path: PromptPath, selector: Selector, caller: Caller): Promise<ResolvedPrompt> {
    const [statement, ...values] = statementFor(selector);
    return this.reads.read({ statement, path, values }, caller, ([row]: readonly [ResolvedRow, ...ResolvedRow[]]) =>
      toResolved(row),
    );
  }
}

function statementFor(selector: Selector): [PublicStatement, ...unknown[]] {
  switch (selector.kind) {
    case 'label':
      if (selector.label === latest) return [statements.latest, selector.at ?? null];
      return selector.at ? [statements.labelAt, selector.label, selector.at] : [statements.label, selector.label];
    case 'revision':
      return [statements.revision, selector.revision];
    case 'version':
      return [statements.version, selector.version];
    case 'range': {
      const bounds = selector.intervals.map(({ from, to }) => [...from, ...to]);
      return [statements.range, ...[0, 1, 2, 3, 4, 5].map((column) => bounds.map((bound) => bound[column]))];
    }
  }
}

function toResolved(row: ResolvedRow): ResolvedPrompt {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, revision: undefined };
  return {
    guarded,
    revision: {
      owner: row.owner,
      name: row.name,
      version: row.version,
      deprecation: toDeprecation(row.deprecated, row.deprecatedAt),
      number: row.number,
      id: row.id,
      digest: row.digest,
      content: row.content,
      syntax: row.syntax,
      title: row.title,
      description: row.description,
      variables: row.variables,
      settings: row.settings,
      data: row.data,
      meta: row.meta,
      tags: row.tags,
      packagingDigest: row.packagingDigest,
      commitMessage: row.commitMessage,
      author: row.author,
      parent: row.parent,
      createdAt: row.createdAt,
      labels: row.labels,
    },
  };
}
