import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { production } from './label-name.js';
import { LabelMover } from './label-mover.js';
import { LabelsRepository } from './labels.repository.js';
import { PointerMoves } from './pointer-moves.js';

/** Highest integer that is saved under: above it there is room for those that moves of production make. */
export const highestSavedInteger = 1_000_000_000;

export interface IntegerTarget {
  readonly integer: number;
  readonly revision: number;
  /** Whether the integer is to look as if it had been made now. */
  readonly isAnew: boolean;
}

/**
 * Pointers of the second kind: the versions that a prompt has on Conductor. The highest is production, so that who
 * names none reads the live text. Callers hold the prompt's row in their transaction.
 */
@Injectable()
export class IntegerPointers {
  constructor(
    private readonly labels: LabelsRepository,
    private readonly mover: LabelMover,
    private readonly moves: PointerMoves,
  ) {}

  async highest(promptId: string): Promise<number | undefined> {
    return (await this.labels.highestInteger(promptId))?.integer;
  }

  /** Number of the revision that the integer points to. */
  async find(promptId: string, integer: number): Promise<number | undefined> {
    return (await this.labels.find(promptId, String(integer)))?.revision;
  }

  /** Points the integer to the revision, which becomes production if no integer is higher. @throws LabelProtected */
  async point(promptId: string, { integer, revision, isAnew }: IntegerTarget, me: Principal): Promise<void> {
    const from = (await this.find(promptId, integer)) ?? null;
    const label = String(integer);
    if (from !== revision) await this.moves.make(promptId, [{ label, from, to: revision }], me, isAnew);
    // Behind the integer: production then needs no new one.
    if ((await this.highest(promptId)) === integer) await this.mover.move(promptId, production, revision, me);
  }

  /**
   * Takes the integer away; of the highest, production moves to the next one. The last one stays: without integers the
   * prompt has no text for Conductor, so that it is deleted instead.
   * @throws LabelProtected
   */
  async drop(promptId: string, integer: number, me: Principal): Promise<'dropped' | 'unknown' | 'last'> {
    const from = await this.find(promptId, integer);
    if (from === undefined) return 'unknown';
    const highest = await this.highest(promptId);
    const next = await this.labels.highestInteger(promptId, { but: integer });
    if (!next) return 'last';
    await this.moves.drop(promptId, { label: String(integer), from }, me);
    if (integer === highest) await this.mover.move(promptId, production, next.revision, me);
    return 'dropped';
  }
}
