import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import type { Principal } from '../../auth/access/principal.js';
import { production } from '../pointers/label-name.js';
import { LabelMover } from '../pointers/label-mover.js';
import type { LabelState } from '../pointers/label.repository.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { Revision, type StoredRevision } from './revision.entity.js';
import { digestOf, packagingDigestOf } from './revision-content.js';
import type { RevisionDraft } from './revision-draft.js';
import { RevisionRepository } from './revision.repository.js';

export interface SavedRevision {
  readonly revision: StoredRevision;
  /** False if the newest revision has the same content already. */
  readonly isNew: boolean;
}

/** Where the history of a prompt stands. */
export interface Head {
  readonly newest: StoredRevision | null;
  /** The state of production; it is read if it is not given. */
  readonly production?: LabelState;
}

export interface Authorship {
  readonly caller: Principal;
  readonly message: string;
  /** Whether a revision is created even if the newest one has the same content. */
  readonly isForced?: boolean;
}

/** Appends to the history of a prompt. This is the only place that creates revisions, for every protocol. */
@Injectable()
export class RevisionWriter {
  constructor(
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    private readonly labels: LabelMover,
    private readonly audit: AuditRecorder,
  ) {}

  /** As write() does. The first revision becomes production, unless that is protected against the author. */
  async append(
    prompt: Prompt,
    { newest, production: state }: Head,
    draft: RevisionDraft,
    authorship: Authorship,
  ): Promise<SavedRevision> {
    const saved = await this.write(prompt, newest, draft, authorship);
    const { number } = saved.revision;
    if (!newest) await this.labels.moveIfAllowed(prompt.id, production, number, authorship.caller, state);
    return saved;
  }

  /** Creates a revision after `newest`, in the transaction that has locked the prompt's row. Moves no pointer. */
  async write(
    prompt: Prompt,
    newest: StoredRevision | null,
    draft: RevisionDraft,
    authorship: Authorship,
  ): Promise<SavedRevision> {
    const digest = digestOf(draft);
    const isUnchanged = newest?.digest === digest && newest.name === prompt.name;
    if (isUnchanged && !authorship.isForced) return { revision: newest, isNew: false };
    prompt.revisionCount += 1;
    prompt.updatedAt = new Date();
    const revision: StoredRevision = {
      ...draft,
      id: randomUUID(),
      promptId: prompt.id,
      number: prompt.revisionCount,
      parent: newest?.number ?? null,
      digest,
      name: prompt.name,
      packagingDigest: packagingDigestOf(draft.packaging),
      commitMessage: authorship.message,
      authorId: authorship.caller.userId,
      createdAt: new Date(Math.max(Date.now(), newest?.createdAt.getTime() ?? 0)),
    };
    await this.revisions.append(revision);
    await this.audit.record(authorship.caller, {
      action: 'revision.create',
      subject: String(revision.number),
      promptId: prompt.id,
      details: { digest: `sha256:${digest}`, parent: newest?.number ?? null, commit_message: authorship.message },
    });
    return { revision, isNew: true };
  }
}
