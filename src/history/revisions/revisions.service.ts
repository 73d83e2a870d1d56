import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Caller, Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { Answer } from '../../common/http/answer.js';
import { LabelMover } from '../pointers/label-mover.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { PromptAccessService } from '../../prompts/prompt-access.service.js';
import { PromptTransactions } from '../../prompts/changes/prompt-transactions.service.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { Revision, type StoredRevision } from './revision.entity.js';
import { emptyDraft, applyChange, draftFrom, type RevisionDraft } from './revision-draft.js';
import { toRevisionNumber } from './revision-number.js';
import { isMatch, writeTag } from './revision-tag.js';
import { RevisionWriter } from './revision-writer.js';
import { RevisionRepository } from './revision.repository.js';
import type { CreateRevision, RevisionDetails, RevisionList, RevisionPage, RevisionPath } from './revisions.dto.js';
import { NotCurrent, RevisionNotFound } from './revisions.errors.js';
import { toRevisionDetails, toRevisionItem } from './revisions.mapper.js';

interface Save {
  readonly message: string;
  readonly labels: readonly string[];
  readonly expected?: number | undefined;
  readonly ifMatch?: string | undefined;
  readonly toDraft: (newest: StoredRevision | null, prompt: Prompt) => RevisionDraft | Promise<RevisionDraft>;
}

/** The history of a prompt, which is read and appended to, and never rewritten. */
@Injectable()
export class RevisionsService {
  constructor(
    private readonly transactions: PromptTransactions,
    private readonly access: PromptAccessService,
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    private readonly writer: RevisionWriter,
    private readonly mover: LabelMover,
  ) {}

  /**
   * 201, or 200 if the newest revision has the same content. @throws PromptNotFound, NotPromptOwner, NotCurrent,
   * LabelProtected
   */
  create(path: PromptPath, input: CreateRevision, ifMatch: string | undefined, caller: Principal) {
    const { commit_message: message, labels, expected_revision: expected, ...change } = input;
    const toDraft = (newest: StoredRevision | null, prompt: Prompt) =>
      applyChange(newest ? draftFrom(newest) : emptyDraft(prompt), change);
    return this.save(path, { message, labels, expected, ifMatch, toDraft }, caller);
  }

  /** Creates a revision with the content of an old one. @throws RevisionNotFound and what create() throws */
  restore({ number, ...path }: RevisionPath, ifMatch: string | undefined, caller: Principal) {
    const toDraft = async (_newest: StoredRevision | null, { id }: Prompt) => {
      const old = await this.revisions.byNumber(id, toRevisionNumber(number));
      if (!old) throw RevisionNotFound();
      return draftFrom(old);
    };
    return this.save(path, { message: `Restore revision ${number}`, labels: [], ifMatch, toDraft }, caller);
  }

  /** @throws PromptNotFound, RevisionNotFound */
  async get({ number, ...path }: RevisionPath, caller: Caller): Promise<RevisionDetails> {
    const { id } = await this.access.byPath(path.owner, path.name, caller);
    return this.details(id, toRevisionNumber(number));
  }

  /** Newest first. @throws PromptNotFound */
  async list({ owner, name }: PromptPath, { cursor, limit }: RevisionPage, caller: Caller): Promise<RevisionList> {
    const { id } = await this.access.byPath(owner, name, caller);
    const revisions = await this.revisions.page(id, limit, cursor === undefined ? null : readCursor(cursor));
    const last = revisions.at(-1)?.number ?? 1;
    return { items: revisions.map(toRevisionItem), next_cursor: last > 1 ? String(last) : null };
  }

  private async save(path: PromptPath, save: Save, caller: Principal): Promise<Answer<RevisionDetails>> {
    const { revision, isNew } = await this.transactions.change(path, caller, 'write', async (prompt) => {
      const newest = await this.revisions.newest(prompt.id);
      assertCurrent(newest, save);
      const draft = await save.toDraft(newest, prompt);
      const saved = await this.writer.append(prompt, { newest }, draft, { caller, message: save.message });
      for (const label of save.labels) await this.mover.move(prompt.id, label, saved.revision.number, caller);
      return saved;
    });
    return tagged(await this.details(revision.promptId, revision.number), isNew ? 201 : 200);
  }

  private async details(promptId: string, number: number): Promise<RevisionDetails> {
    const revision = await this.revisions.details(promptId, number);
    if (!revision) throw RevisionNotFound();
    return toRevisionDetails(revision);
  }
}

function assertCurrent(newest: StoredRevision | null, { expected, ifMatch }: Save): void {
  const isExpected = expected === undefined || expected === (newest?.number ?? 0);
  if (isExpected && (ifMatch === undefined || isMatch(ifMatch, newest ?? undefined))) return;
  throw NotCurrent({ number: newest?.number ?? null, digest: newest && `sha256:${newest.digest}` });
}

function tagged(revision: RevisionDetails, status: number): Answer<RevisionDetails> {
  const etag = writeTag(revision);
  return new Answer(revision, { status, headers: { etag } });
}

function readCursor(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw ValidationFailed({ cursor: 'must be a next_cursor' });
  return Number(text);
}
