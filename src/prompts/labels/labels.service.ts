import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { Caller, Principal } from '../../auth/access/principal.js';
import { UserLookup } from '../../auth/identity/user-lookup.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { isStorableText } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { LabelProtection } from '../label-protection.entity.js';
import { LabelProtectionRepository } from '../label-protection.repository.js';
import { PromptAccess } from '../prompt-access.js';
import type { PromptPath } from '../prompts.dto.js';
import { Prompt } from '../prompt.entity.js';
import { PromptRepository } from '../prompt.repository.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { ReleasesRepository } from '../releases/releases.repository.js';
import { isMatch } from '../revisions/revision-tag.js';
import { NotCurrent, RevisionNotFound } from '../revisions/revisions.errors.js';
import { RevisionsRepository } from '../revisions/revisions.repository.js';
import { LabelMover } from './label-mover.js';
import { LabelName } from './label-name.js';
import type { LabelHistory, LabelHistoryPage, LabelItem, LabelList, LabelPath, MoveLabel } from './labels.dto.js';
import { LabelNotFound } from './labels.errors.js';
import { LabelsRepository } from './labels.repository.js';

/** Labels of a prompt as people see, move and protect them. */
@Injectable()
export class LabelsService {
  constructor(
    private readonly database: Database,
    private readonly access: PromptAccess,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly revisions: RevisionsRepository,
    private readonly releases: ReleasesRepository,
    private readonly labels: LabelsRepository,
    @InjectRepository(LabelProtection) private readonly protections: LabelProtectionRepository,
    private readonly mover: LabelMover,
    private readonly users: UserLookup,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws PromptNotFound */
  async list({ owner, name }: PromptPath, caller: Caller): Promise<LabelList> {
    const { id } = await this.access.byPath(owner, name, caller);
    return { items: await this.labels.list(id) };
  }

  /** @throws NotCurrent, RevisionNotFound, VersionNotFound, LabelProtected, TooManyLabels */
  async move(path: LabelPath, to: MoveLabel, ifMatch: string | undefined, me: Principal): Promise<LabelItem> {
    const label = movable(path.label);
    const { id } = await this.access.byPath(path.owner, path.name, me, 'write');
    return this.database.transaction(async () => {
      await this.prompts.lockActive(id);
      await this.assertCurrent(id, label, ifMatch);
      await this.mover.move(id, label, await this.targetOf(id, to), me);
      return this.item(id, label);
    });
  }

  /** @throws LabelNotFound, NotCurrent, LabelProtected */
  async delete(path: LabelPath, ifMatch: string | undefined, me: Principal): Promise<void> {
    const label = movable(path.label);
    const { id } = await this.access.byPath(path.owner, path.name, me, 'write');
    await this.database.transaction(async () => {
      await this.prompts.lockActive(id);
      await this.assertCurrent(id, label, ifMatch);
      if (!(await this.mover.drop(id, label, me))) throw LabelNotFound();
    });
  }

  /** Newest first; of integers, too. @throws PromptNotFound, LabelNotFound for one that never was */
  async history(path: LabelPath, { cursor, limit }: LabelHistoryPage, caller: Caller): Promise<LabelHistory> {
    const { id } = await this.access.byPath(path.owner, path.name, caller);
    const below = cursor === undefined ? null : readCursor(cursor);
    const rows = isStorableText(path.label) ? await this.labels.history(id, path.label, limit + 1, below) : [];
    if (rows.length === 0 && below === null) throw LabelNotFound();
    const shown = rows.slice(0, limit);
    const items = shown.map(({ sequence: _, ...move }) => move);
    return { items, next_cursor: rows.length > limit ? (shown.at(-1)?.sequence ?? null) : null };
  }

  /** From now on only these users move it, whoever else may write. @throws ValidationFailed for an unknown user */
  async protect(path: LabelPath, wanted: readonly string[], me: Principal): Promise<LabelItem> {
    const label = movable(path.label);
    const { id } = await this.access.byPath(path.owner, path.name, me, 'own');
    const found = await this.users.find(wanted);
    const unknown = wanted.flatMap((_, index) => (found[index] ? [] : [`writers.${index}`]));
    if (unknown.length > 0) throw ValidationFailed(Object.fromEntries(unknown.map((it) => [it, 'no such user'])));
    const writers = [...new Map(found.flatMap((user) => (user ? [[user.id, user.username]] : [])))];
    return this.database.transaction(async () => {
      await this.prompts.lockActive(id);
      await this.protections.protect(
        id,
        label,
        writers.map(([userId]) => userId),
      );
      const details = { writers: writers.map(([, username]) => username) };
      await this.audit.record(me, { action: 'label.protect', subject: label, promptId: id, details });
      return this.item(id, label);
    });
  }

  /** @throws LabelNotFound if it is not protected */
  async unprotect(path: LabelPath, me: Principal): Promise<void> {
    const label = movable(path.label);
    const { id } = await this.access.byPath(path.owner, path.name, me, 'own');
    await this.database.transaction(async () => {
      await this.prompts.lockActive(id);
      if (!(await this.protections.unprotect(id, label))) throw LabelNotFound();
      await this.audit.record(me, { action: 'label.unprotect', subject: label, promptId: id });
    });
  }

  private async targetOf(promptId: string, { revision, version }: MoveLabel): Promise<number> {
    if (version !== undefined) {
      const release = await this.releases.find(promptId, version);
      if (!release) throw VersionNotFound();
      return release.revision;
    }
    if (revision === undefined || !(await this.revisions.exists(promptId, revision))) throw RevisionNotFound();
    return revision;
  }

  private async assertCurrent(promptId: string, label: string, ifMatch: string | undefined): Promise<void> {
    if (ifMatch === undefined) return;
    const pointer = await this.labels.find(promptId, label);
    if (isMatch(ifMatch, pointer && { number: pointer.revision, digest: pointer.digest })) return;
    throw NotCurrent({ number: pointer?.revision ?? null, digest: pointer ? `sha256:${pointer.digest}` : null });
  }

  private async item(promptId: string, label: string): Promise<LabelItem> {
    const item = await this.labels.item(promptId, label);
    if (!item) throw LabelNotFound();
    return item;
  }
}

/** @throws ValidationFailed for a name that no label of the first kind can have */
function movable(label: string): string {
  const result = LabelName.safeParse(label);
  if (!result.success) throw ValidationFailed({ label: result.error.issues[0]?.message ?? 'is no label' });
  return result.data;
}

function readCursor(text: string): string {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw ValidationFailed({ cursor: 'must be a next_cursor' });
  return text;
}
