import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { production } from './label-name.js';
import { LabelProtected, TooManyLabels } from './labels.errors.js';
import { LabelsRepository } from './labels.repository.js';
import { PointerMoves } from './pointer-moves.js';

const mostLabels = 200;

/**
 * Moves labels, for every protocol: the one place that asks whether a label is protected, writes the ledger and keeps
 * the integers in step with production. Its callers hold the prompt's row in their transaction.
 */
@Injectable()
export class LabelMover {
  constructor(
    private readonly labels: LabelsRepository,
    private readonly moves: PointerMoves,
  ) {}

  async mayMove(promptId: string, label: string, me: Principal): Promise<boolean> {
    const writers = await this.labels.writersOf(promptId, label);
    return !writers || writers.includes(me.userId);
  }

  /** @throws LabelProtected, TooManyLabels */
  async move(promptId: string, label: string, to: number, me: Principal): Promise<void> {
    if (!(await this.mayMove(promptId, label, me))) throw LabelProtected({ label });
    const pointer = await this.labels.find(promptId, label);
    if (pointer?.revision === to) return;
    if (!pointer && (await this.labels.count(promptId)) >= mostLabels) throw TooManyLabels();
    await this.moves.make({ promptId, label, from: pointer?.revision ?? null, to }, me);
    if (label === production) await this.numberProduction(promptId, to, me);
  }

  /** Takes the label away; false if there is none. @throws LabelProtected */
  async drop(promptId: string, label: string, me: Principal): Promise<boolean> {
    if (!(await this.mayMove(promptId, label, me))) throw LabelProtected({ label });
    const pointer = await this.labels.find(promptId, label);
    if (!pointer) return false;
    await this.moves.make({ promptId, label, from: pointer.revision, to: null }, me);
    return true;
  }

  /** A read of the highest integer is a read of production: it gets an integer of its own unless it is the highest. */
  private async numberProduction(promptId: string, revision: number, me: Principal): Promise<void> {
    const highest = await this.labels.highestInteger(promptId);
    if (highest?.revision === revision) return;
    const label = String((highest?.integer ?? 0) + 1);
    await this.moves.make({ promptId, label, from: null, to: revision }, me);
  }
}
