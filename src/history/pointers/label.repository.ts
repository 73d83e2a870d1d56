import { EntityRepository } from '@mikro-orm/postgresql';
import { latest } from './label-name.js';
import { Label } from './label.entity.js';
import { labelItem, labelItems, labelPointer, labelState, moveLabels, removeLabels } from './labels.queries.js';

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

  /** All that a move of the label depends on, and where the integer points, if one is given. */
  async state(promptId: string, label: string, integer: number | null = null): Promise<LabelState> {
    const values = [promptId, label, integer === null ? null : String(integer)];
    const [state] = await this.em.execute<[LabelState]>(labelState, values);
    return state;
  }

  /**
   * Moves pointers and records it, in the running transaction, which holds the prompt's lock. With `resetCreated` they
   * look as if they had been created by these moves.
   */
  async move({ promptId, by, via }: Mover, moves: readonly Move[], resetCreated: boolean): Promise<void> {
    const columns = [moves.map(({ label }) => label), moves.map(({ from }) => from), moves.map(({ to }) => to)];
    await this.em.execute(moveLabels, [promptId, ...columns, by, via, resetCreated]);
  }

  /** Deletes a pointer in the same way. */
  async drop({ promptId, by, via }: Mover, { label, from }: Omit<Move, 'to'>): Promise<void> {
    await this.em.execute(removeLabels, [promptId, [label], [from], [null], by, via]);
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

  async item(promptId: string, label: string): Promise<LabelRecord | undefined> {
    return (await this.em.execute<LabelRecord[]>(labelItem, [promptId, latest, label]))[0];
  }
}

Label.setCustomRepository(() => LabelRepository);
