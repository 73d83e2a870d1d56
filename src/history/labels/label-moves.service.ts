import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { PromptTransactions } from '../../prompts/changes/prompt-transactions.service.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { Release } from '../releases/release.entity.js';
import { ReleaseRepository } from '../releases/release.repository.js';
import { isMatch } from '../revisions/revision-tag.js';
import { NotCurrent, RevisionNotFound } from '../revisions/revisions.errors.js';
import { Revision } from '../revisions/revision.entity.js';
import { RevisionRepository } from '../revisions/revision.repository.js';
import { LabelMover } from '../pointers/label-mover.js';
import { parseMovableLabel } from '../pointers/label-name.js';
import { Label } from '../pointers/label.entity.js';
import { LabelRepository } from '../pointers/label.repository.js';
import type { LabelItem, LabelPath, MoveLabel } from './labels.dto.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { toLabelItem } from './labels.mapper.js';

/** Moves of labels as `/v1` asks for them. */
@Injectable()
export class LabelMovesService {
  constructor(
    private readonly transactions: PromptTransactions,
    @InjectRepository(Label) private readonly labels: LabelRepository,
    private readonly mover: LabelMover,
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    @InjectRepository(Release) private readonly releases: ReleaseRepository,
  ) {}

  /** @throws NotCurrent, RevisionNotFound, VersionNotFound, LabelProtected, TooManyLabels */
  async move(path: LabelPath, to: MoveLabel, ifMatch: string | undefined, caller: Principal): Promise<LabelItem> {
    const label = parseMovableLabel(path.label);
    return this.transactions.change(path, caller, 'write', async ({ id }) => {
      await this.assertCurrent(id, label, ifMatch);
      await this.mover.move(id, label, await this.targetOf(id, to), caller);
      const item = await this.labels.item(id, label);
      if (!item) throw LabelNotFound();
      return toLabelItem(item);
    });
  }

  /** @throws LabelNotFound, NotCurrent, LabelProtected */
  async delete(path: LabelPath, ifMatch: string | undefined, caller: Principal): Promise<void> {
    const label = parseMovableLabel(path.label);
    await this.transactions.change(path, caller, 'write', async ({ id }) => {
      await this.assertCurrent(id, label, ifMatch);
      if (!(await this.mover.drop(id, label, caller))) throw LabelNotFound();
    });
  }

  private async targetOf(promptId: string, { revision, version }: MoveLabel): Promise<number> {
    if (version !== undefined) {
      const release = await this.releases.byVersion(promptId, version);
      if (!release) throw VersionNotFound();
      return release.revision;
    }
    if (revision === undefined || !(await this.revisions.exists(promptId, revision))) throw RevisionNotFound();
    return revision;
  }

  private async assertCurrent(promptId: string, label: string, ifMatch: string | undefined): Promise<void> {
    if (ifMatch === undefined) return;
    const pointer = await this.labels.pointer(promptId, label);
    if (isMatch(ifMatch, pointer && { number: pointer.revision, digest: pointer.digest })) return;
    throw NotCurrent({ number: pointer?.revision ?? null, digest: pointer ? `sha256:${pointer.digest}` : null });
  }
}
