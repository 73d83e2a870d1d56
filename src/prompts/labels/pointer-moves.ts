import { Injectable } from '@nestjs/common';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { Principal } from '../../auth/access/principal.js';
import { LabelsRepository, type Move } from './labels.repository.js';

/** Moves pointers of both kinds and records it in both ledgers; what may be moved is its callers' business. */
@Injectable()
export class PointerMoves {
  constructor(
    private readonly labels: LabelsRepository,
    private readonly audit: AuditLedger,
  ) {}

  /**
   * In the running transaction, which holds the prompt's row. With `isAnew` the pointers look as if they had been made
   * by these moves.
   */
  async make(promptId: string, moves: readonly Move[], me: Principal, isAnew = false): Promise<void> {
    await this.labels.set({ promptId, by: me.userId, via: me.via }, moves, isAnew);
    for (const { label, from, to } of moves) {
      await this.audit.record(me, { action: 'label.move', subject: label, promptId, details: { from, to } });
    }
  }

  /** Takes a pointer away, in the same manner. */
  async drop(promptId: string, { label, from }: Omit<Move, 'to'>, me: Principal): Promise<void> {
    await this.labels.drop({ promptId, by: me.userId, via: me.via }, { label, from });
    await this.audit.record(me, { action: 'label.delete', subject: label, promptId, details: { from, to: null } });
  }
}
