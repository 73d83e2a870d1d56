import { EntityRepository } from '@mikro-orm/postgresql';
import { defer } from '../../database/batch/defer.js';
import { Revision, type StoredRevision } from './revision.entity.js';
import type { Packaging } from './revision-content.js';
import { insertRevision, revisionByNumber, revisionPage } from './revisions.queries.js';

type ContentField = 'content' | 'syntax' | 'variables' | 'settings' | 'data' | 'meta' | 'tags';

/** A revision as it is read. */
export interface RevisionRecord extends Readonly<Pick<Revision, ContentField | 'id' | 'number' | 'commitMessage'>> {
  /** Lower-case hex. */
  readonly digest: string;
  readonly title: string | null;
  readonly description: string | null;
  /** Of what only packages carry. */
  readonly packagingDigest: string | null;
  /** Slug. */
  readonly author: string;
  /** Number of the revision that it was made from. */
  readonly parent: number | null;
  readonly createdAt: string;
  /** Labels that point to it. */
  readonly labels: readonly string[];
}

export interface RevisionDetailsRecord extends RevisionRecord {
  readonly packaging: Packaging | null;
}

/** Revisions, which are inserted and read, and never anything else. */
export class RevisionRepository extends EntityRepository<Revision> {
  /** To be asked while the prompt is locked, if something depends on it. */
  newest(promptId: string): Promise<Revision | null> {
    return this.findOne({ promptId }, { orderBy: { number: 'desc' } });
  }

  byNumber(promptId: string, number: number): Promise<Revision | null> {
    return this.findOne({ promptId, number });
  }

  /** In the running transaction, which holds the prompt's lock, so that its caller can number it. */
  async append(revision: StoredRevision): Promise<void> {
    await defer(this.em, insertRevision, [
      revision.id,
      revision.promptId,
      revision.number,
      revision.parent,
      revision.digest,
      revision.name,
      revision.title,
      revision.description,
      revision.content,
      revision.syntax,
      JSON.stringify(revision.variables),
      revision.declaredVariables,
      JSON.stringify(revision.settings),
      JSON.stringify(revision.data),
      JSON.stringify(revision.meta),
      revision.tags,
      revision.packaging && JSON.stringify(revision.packaging),
      revision.packagingDigest,
      revision.commitMessage,
      revision.authorId,
      revision.createdAt.toISOString(),
    ]);
  }

  async details(promptId: string, number: number): Promise<RevisionDetailsRecord | undefined> {
    return (await this.em.execute<RevisionDetailsRecord[]>(revisionByNumber, [promptId, number]))[0];
  }

  /** Newest first, below the number. */
  page(promptId: string, limit: number, below: number | null): Promise<RevisionRecord[]> {
    return this.em.execute<RevisionRecord[]>(revisionPage, [promptId, below, limit]);
  }
}

Revision.setCustomRepository(() => RevisionRepository);
