import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { PromptTransactions } from '../../prompts/changes/prompt-transactions.service.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { isMatch } from '../revisions/revision-tag.js';
import { NotCurrent, RevisionNotFound } from '../revisions/revisions.errors.js';
import { LabelMover } from '../pointers/label-mover.js';
import { parseMovableLabel } from '../pointers/label-name.js';
import { Label } from '../pointers/label.entity.js';
import { LabelRepository, type MoveState, type Pointer } from '../pointers/label.repository.js';
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
  ) {}

  /** @throws NotCurrent, RevisionNotFound, VersionNotFound, LabelProtected, TooManyLabels */
  async move(path: LabelPath, to: MoveLabel, ifMatch: string | undefined, caller: Principal): Promise<LabelItem> {
    const label = parseMovableLabel(path.label);
    return this.transactions.change(path, caller, 'write', async ({ id }) => {
      const state = await this.labels.stateForMove(id, label, to);
      assertCurrent(ifMatch, pointerOf(state));
      if (state.target === null) throw to.version === undefined ? RevisionNotFound() : VersionNotFound();
      await this.mover.move(id, label, state.target, caller, state);
      const item = await this.labels.item(id, label);
      if (!item) throw LabelNotFound();
      return toLabelItem(item);
    });
  }

  /** @throws LabelNotFound, NotCurrent, LabelProtected */
  async delete(path: LabelPath, ifMatch: string | undefined, caller: Principal): Promise<void> {
    const label = parseMovableLabel(path.label);
    await this.transactions.change(path, caller, 'write', async ({ id }) => {
      if (ifMatch !== undefined) assertCurrent(ifMatch, await this.labels.pointer(id, label));
      if (!(await this.mover.drop(id, label, caller))) throw LabelNotFound();
    });
  }
}

function pointerOf({ revision, digest }: MoveState): Pointer | undefined {
  return revision === null || digest === null ? undefined : { revision, digest };
}

function assertCurrent(ifMatch: string | undefined, pointer: Pointer | undefined): void {
  if (ifMatch === undefined) return;
  if (isMatch(ifMatch, pointer && { number: pointer.revision, digest: pointer.digest })) return;
  throw NotCurrent({ number: pointer?.revision ?? null, digest: pointer ? `sha256:${pointer.digest}` : null });
}
