import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Principal } from '../access/principal.js';
import { type AuditAction, subjectTypeOf } from './audit-actions.js';
import { AuditEntry } from './audit-entry.entity.js';

/**
 * An action and its subject. `subject` is a name for people (`alice/support`, `production`, `1.2.0`), never a secret.
 */
export interface Act {
  readonly action: AuditAction;
  readonly subject: string;
  /** The prompt whose owners may read of it. */
  readonly promptId?: string;
  readonly details?: JsonObject;
}

/** Who did it: a caller, the command line on the server, or the server itself (at its first start). */
export type Actor = Pick<Principal, 'userId' | 'keyId' | 'via'> | 'command-line' | 'server';

/** The append-only ledger of who did what. */
@Injectable()
export class AuditRecorder {
  constructor(private readonly em: EntityManager) {}

  /**
   * Records an act in the transaction that it happens in: neither is ever there without the other. All acts of a
   * transaction are written at once when it is flushed.
   */
  record(actor: Actor, { action, subject, promptId, details = {} }: Act): Promise<void> {
    if (!this.em.isInTransaction())
      return Promise.reject(new Error(`${action} is recorded outside of its transaction`));
    const subjectType = subjectTypeOf(action);
    this.em.create(AuditEntry, {
      ...identityOf(actor),
      action,
      subjectType,
      subject,
      promptId: promptId ?? null,
      details,
    });
    return Promise.resolve();
  }
}

function identityOf(actor: Actor): Pick<AuditEntry, 'actorId' | 'keyId' | 'protocol'> {
  if (typeof actor === 'string') return { actorId: null, keyId: null, protocol: actor };
  return { actorId: actor.userId, keyId: actor.keyId ?? null, protocol: actor.via };
}
