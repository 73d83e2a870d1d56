import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { production } from './label-name.js';
import { Label } from './label.entity.js';
import { LabelRepository, type LabelState, type Move } from './label.repository.js';
import { LabelProtected, TooManyLabels } from './labels.errors.js';
import { PointerMover } from './pointer-mover.js';

const maxLabels = 200;

/**
 * The place that decides whether a label may be moved, for every protocol; it keeps the versions of Conductor in step
 * with production. Conductor's versions move through `PointerMover` alone; `PromptNamesService` asks about protection
 * before a rename. The callers hold the prompt's lock in their transaction.
 */
@Injectable()
export class LabelMover {
  constructor(
    @InjectRepository(Label) private readonly labels: LabelRepository,
    private readonly pointers: PointerMover,
  ) {}

  /** @throws LabelProtected, TooManyLabels */
  async move(promptId: string, label: string, to: number, caller: Principal, known?: LabelState): Promise<void> {
    if (!(await this.moveIfAllowed(promptId, label, to, caller, known))) throw LabelProtected({ label });
  }

  /**
   * False where the label is protected against the caller. Its state is read, unless it is known.
   * @throws TooManyLabels
   */
  async moveIfAllowed(
    promptId: string,
    label: string,
    to: number,
    caller: Principal,
    known?: LabelState,
  ): Promise<boolean> {
    const state = known ?? (await this.labels.state(promptId, label));
    if (!canMove(state, caller)) return false;
    await this.pointers.move(promptId, movesOf(state, label, to), caller);
    return true;
  }

  /** What moves with production, whose state is known. @throws LabelProtected */
  productionMoves(state: LabelState, to: number, caller: Principal): Move[] {
    if (!canMove(state, caller)) throw LabelProtected({ label: production });
    return movesOf(state, production, to);
  }

  /** Deletes the label; false if it does not exist. @throws LabelProtected */
  async drop(promptId: string, label: string, caller: Principal): Promise<boolean> {
    const state = await this.labels.state(promptId, label);
    if (!canMove(state, caller)) throw LabelProtected({ label });
    if (state.revision === null) return false;
    await this.pointers.drop(promptId, { label, from: state.revision }, caller);
    return true;
  }
}

/** @throws TooManyLabels */
function movesOf(state: LabelState, label: string, to: number): Move[] {
  const { revision: from, labels } = state;
  if (from === to) return [];
  if (from === null && labels >= maxLabels) throw TooManyLabels();
  return [{ label, from, to }, ...(label === production ? conductorVersionMoves(state, to) : [])];
}

/**
 * Reading the highest version means reading production, so production gets a new version unless its version is the
 * highest.
 */
function conductorVersionMoves({ highestInteger, highestRevision }: LabelState, to: number): Move[] {
  return highestRevision === to ? [] : [{ label: String((highestInteger ?? 0) + 1), from: null, to }];
}

function canMove({ writers }: LabelState, caller: Principal): boolean {
  return !writers || writers.includes(caller.userId);
}
