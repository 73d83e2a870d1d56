import { EntityRepository } from '@mikro-orm/postgresql';
import { LabelMove } from './label-move.entity.js';
import { labelHistory } from './labels.queries.js';

type MoveFields = 'sequence' | 'protocol';

/** A move as it is read. */
export interface LabelMoveRecord extends Readonly<Pick<LabelMove, MoveFields>> {
  readonly fromRevision: number | null;
  readonly toRevision: number | null;
  readonly movedAt: string;
  /** Slug. */
  readonly movedBy: string;
}

/** The ledger of all moves. */
export class LabelMoveRepository extends EntityRepository<LabelMove> {
  /** Of one label, newest first, below the sequence number. */
  history(promptId: string, label: string, limit: number, below: string | null): Promise<LabelMoveRecord[]> {
    return this.em.execute<LabelMoveRecord[]>(labelHistory, [promptId, label, below, limit]);
  }
}

LabelMove.setCustomRepository(() => LabelMoveRepository);
