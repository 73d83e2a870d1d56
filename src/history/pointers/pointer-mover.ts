import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { Label } from './label.entity.js';
import { LabelRepository, type Move } from './label.repository.js';

/** Moves pointers of both kinds and records it in both ledgers; its callers decide what may be moved. */
@Injectable()
export class PointerMover {
  constructor(
    @InjectRepository(Label) private readonly labels: LabelRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * In the running transaction, which holds the prompt's lock. The pointer called `renewed` looks as if it had been created
   * by its move.
   */
  async move(
    promptId: string,
    moves: readonly Move[],
    caller: Principal,
    renewed: string | null = null,
  ): Promise<void> {
    if (moves.length === 0) return;
    await this.labels.move({ promptId, by: caller.userId, via: caller.via }, moves, renewed);
    for (const { label, from, to } of moves) {
      await this.audit.record(caller, { action: 'label.move', subject: label, promptId, details: { from, to } });
    }
  }

  /** Deletes a pointer in the same way. */
  async drop(promptId: string, { label, from }: Omit<Move, 'to'>, caller: Principal): Promise<void> {
    await this.labels.drop({ promptId, by: caller.userId, via: caller.via }, { label, from });
    await this.audit.record(caller, { action: 'label.delete', subject: label, promptId, details: { from, to: null } });
  }
}
