import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { production } from './label-name.js';
import { LabelProtected, TooManyLabels } from './labels.errors.js';
import { LabelsRepository, type LabelStanding, type Move } from './labels.repository.js';
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

  /** @throws LabelProtected, TooManyLabels */
  async move(promptId: string, label: string, to: number, me: Principal): Promise<void> {
    if (!(await this.moveIfAllowed(promptId, label, to, me))) throw LabelProtected({ label });
  }

  /** False where the label is protected against the caller. @throws TooManyLabels */
  async moveIfAllowed(promptId: string, label: string, to: number, me: Principal): Promise<boolean> {
    const standing = await this.labels.standing(promptId, label);
    if (!mayMove(standing, me)) return false;
    const { revision: from, labels } = standing;
    if (from === to) return true;
    if (from === null && labels >= mostLabels) throw TooManyLabels();
    const numbering = label === production ? numberOf(standing, to) : [];
    await this.moves.make(promptId, [{ label, from, to }, ...numbering], me);
    return true;
  }

  /** Takes the label away; false if there is none. @throws LabelProtected */
  async drop(promptId: string, label: string, me: Principal): Promise<boolean> {
    const standing = await this.labels.standing(promptId, label);
    if (!mayMove(standing, me)) throw LabelProtected({ label });
    if (standing.revision === null) return false;
    await this.moves.drop(promptId, { label, from: standing.revision }, me);
    return true;
  }
}

/** A read of the highest integer is a read of production: it gets an integer of its own unless it is the highest. */
function numberOf({ highest_integer, highest_revision }: LabelStanding, to: number): Move[] {
  return highest_revision === to ? [] : [{ label: String((highest_integer ?? 0) + 1), from: null, to }];
}

function mayMove({ writers }: LabelStanding, me: Principal): boolean {
  return !writers || writers.includes(me.userId);
}
