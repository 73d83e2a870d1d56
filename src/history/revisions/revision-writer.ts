import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { Principal } from '../../auth/access/principal.js';
import { production } from '../labels/label-name.js';
import { LabelMover } from '../labels/label-mover.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import type { Revision } from './revision.entity.js';
import { digestOf, packagingDigestOf } from './revision-content.js';
import type { RevisionDraft } from './revision-draft.js';
import { RevisionsRepository } from './revisions.repository.js';

export interface Saved {
  readonly revision: Revision;
  /** False where the newest revision says the same already. */
  readonly isNew: boolean;
}

export interface Authorship {
  readonly me: Principal;
  readonly message: string;
  /** Whether there is to be a revision even where the newest one says the same. */
  readonly isAlways?: boolean;
}

/** Appends to a prompt's history: the one place that makes revisions, for every protocol. */
@Injectable()
export class RevisionWriter {
  constructor(
    private readonly revisions: RevisionsRepository,
    private readonly labels: LabelMover,
    private readonly audit: AuditLedger,
  ) {}

  /** As write() does. The first revision becomes production, unless that is protected against the author. */
  async append(prompt: Prompt, newest: Revision | null, draft: RevisionDraft, by: Authorship): Promise<Saved> {
    const saved = await this.write(prompt, newest, draft, by);
    if (!newest) await this.labels.moveIfAllowed(prompt.id, production, saved.revision.number, by.me);
    return saved;
  }

  /** Makes a revision behind `newest`, in the running transaction, which holds the prompt's row. Moves no pointer. */
  async write(prompt: Prompt, newest: Revision | null, draft: RevisionDraft, by: Authorship): Promise<Saved> {
    const digest = digestOf(draft);
    const isSaidAlready = newest?.digest === digest && newest.name === prompt.name;
    if (isSaidAlready && !by.isAlways) return { revision: newest, isNew: false };
    prompt.revisionCount += 1;
    prompt.updatedAt = new Date();
    const revision = await this.revisions.insert({
      ...draft,
      id: randomUUID(),
      promptId: prompt.id,
      number: prompt.revisionCount,
      parent: newest?.number ?? null,
      digest,
      name: prompt.name,
      packagingDigest: packagingDigestOf(draft.packaging),
      commitMessage: by.message,
      authorId: by.me.userId,
      createdAt: new Date(Math.max(Date.now(), newest?.createdAt.getTime() ?? 0)),
    });
    await this.audit.record(by.me, {
      action: 'revision.create',
      subject: String(revision.number),
      promptId: prompt.id,
      details: { digest: `sha256:${digest}`, parent: newest?.number ?? null, commit_message: by.message },
    });
    return { revision, isNew: true };
  }
}
