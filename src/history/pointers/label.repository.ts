import { EntityRepository } from '@mikro-orm/postgresql';
import { defer } from '../../database/batch/defer.js';
import { latest } from './label-name.js';
import { Label } from './label.entity.js';
import {
  labelItem,
  labelItems,
  labelPointer,
  labelState,
  labelStateForMove,
  moveLabels,
  removeLabels,
} from './labels.queries.js';

/** Where a label points. */
export interface Pointer {
  readonly revision: number;
  /** Lower-case hex, of the revision. */
  readonly digest: string;
}

/** Where a version of Conductor points. */
export interface ConductorVersionPointer {
  readonly integer: number;
  readonly revision: number;
}

/** What decides whether a label may be moved, and where the versions of Conductor point meanwhile. */
export interface LabelState {
  /** Where it points; null if it is not there. */
  readonly revision: number | null;
  /** Ids of the users who may move it; null if it is not protected. */
  readonly writers: readonly string[] | null;
  /** How many labels the prompt has that users name. */
  readonly labels: number;
  /** The highest integer and its target; null if the prompt has none. */
  readonly highestInteger: number | null;
  readonly highestRevision: number | null;
  /** Where the integer points that was asked for; null if it is not there. */
  readonly integerRevision: number | null;
}

/** What a label is to point to: a revision by its number, or the one of a version. */
export interface MoveTarget {
  readonly revision?: number | undefined;
  readonly version?: string | undefined;
}

export interface MoveState extends LabelState {
  /** Number of the revision to point to; null if it is not there. */
  readonly target: number | null;
  /** Lower-case hex, of the revision that the label points to; null if the label is not there. */
  readonly digest: string | null;
}

/** A label as it is read: null where one is protected but not set. */
export interface LabelRecord {
  readonly label: string;
  readonly revision: number | null;
  /** Lower-case hex, of the revision. */
  readonly digest: string | null;
  readonly movedAt: string | null;
  /** Slug. */
  readonly movedBy: string | null;
  /** Slugs of those who may move it, where it is protected. */
  readonly writers: string[];
  readonly isProtected: boolean;
}

export interface Move {
  readonly label: string;
  readonly from: number | null;
  readonly to: number;
}

export interface Mover {
  readonly promptId: string;
  readonly by: string;
  readonly via: string;
}

/** Pointers to revisions, of both kinds. */
export class LabelRepository extends EntityRepository<Label> {
  async pointer(promptId: string, label: string): Promise<Pointer | undefined> {
    return (await this.em.execute<Pointer[]>(labelPointer, [promptId, label]))[0];
  }

  /** All that a move of the label depends on, and what it is to point to. */
  async stateForMove(promptId: string, label: string, { revision, version }: MoveTarget): Promise<MoveState> {
    const values = [promptId, label, null, revision ?? null, version ?? null];
    const [state] = await this.em.execute<[MoveState]>(labelStateForMove, values);
    return state;
  }

  /** All that a move of the label depends on, and where the integer points, if one is given. */
  async state(promptId: string, label: string, integer: number | null = null): Promise<LabelState> {
    const values = [promptId, label, integer === null ? null : String(integer)];
    const [state] = await this.em.execute<[LabelState]>(labelState, values);
    return state;
  }

  /**
   * Moves pointers and records it, in the running transaction, which holds the prompt's lock. The one called `renewed`
   * looks as if it had been created by its move.
   */
  async move({ promptId, by, via }: Mover, moves: readonly Move[], renewed: string | null): Promise<void> {
    const columns = [moves.map(({ label }) => label), moves.map(({ from }) => from), moves.map(({ to }) => to)];
    await defer(this.em, moveLabels, [promptId, ...columns, by, via, renewed]);
  }

  /** Deletes a pointer in the same way. */
  async drop({ promptId, by, via }: Mover, { label, from }: Omit<Move, 'to'>): Promise<void> {
    await defer(this.em, removeLabels, [promptId, [label], [from], [null], by, via]);
  }

  async highestInteger(
    promptId: string,
    { except }: { except?: number } = {},
  ): Promise<ConductorVersionPointer | undefined> {
    const integer = except === undefined ? { $ne: null } : { $nin: [except], $ne: null };
    const found = await this.findOne({ promptId, integer }, { orderBy: { integer: 'desc' }, disableIdentityMap: true });
    return found?.integer ? { integer: found.integer, revision: found.revision } : undefined;
  }

  /** All that users name, by name, those that are only protected and the computed one included. */
  items(promptId: string): Promise<LabelRecord[]> {
    return this.em.execute<LabelRecord[]>(labelItems, [promptId, latest]);
  }

  /** What has changed in the running transaction is written before. */
  async item(promptId: string, label: string): Promise<LabelRecord | undefined> {
    if (this.em.isInTransaction()) await this.em.flush();
    return (await this.em.execute<LabelRecord[]>(labelItem, [promptId, latest, label]))[0];
  }
}

Label.setCustomRepository(() => LabelRepository);
