import { Injectable } from '@nestjs/common';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { Principal } from '../../auth/access/principal.js';
import { LabelsRepository } from './labels.repository.js';

export interface PointerMove {
  readonly promptId: string;
  readonly label: string;
  readonly from: number | null;
  /** Null where the pointer is taken away. */
  readonly to: number | null;
  /** Whether the pointer is to look as if it had been made by this move. */
  readonly isAnew?: boolean;
}

/** Moves pointers of both kinds and records it in both ledgers; what may be moved is its callers' business. */
@Injectable()
export class PointerMoves {
  constructor(
    private readonly labels: LabelsRepository,
    private readonly audit: AuditLedger,
  ) {}

  /** In the running transaction, which holds the prompt's row. */
  async make(move: PointerMove, me: Principal): Promise<void> {
    const { promptId, label, from, to } = move;
    await this.labels.move({ ...move, by: me.userId, via: me.via });
    const action = to === null ? 'label.delete' : 'label.move';
    await this.audit.record(me, { action, subject: label, promptId, details: { from, to } });
  }
}
