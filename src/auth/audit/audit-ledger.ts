import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../common/json.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../access/principal.js';
import { type AuditAction, type AuditChannel, subjectTypeOf } from './audit-actions.js';

/** What was done, and to what: `subject` names it to people (`alice/support`, `production`, `1.2.0`). Never a secret. */
export interface Act {
  readonly action: AuditAction;
  readonly subject: string;
  /** The prompt whose owners may read of it. */
  readonly promptId?: string;
  readonly details?: JsonObject;
}

/** Who did it: a caller, the command line on the server itself, or the server of its own accord (its first start). */
export type Actor = Pick<Principal, 'userId' | 'keyId' | 'via'> | 'command-line' | 'server';

const insert = {
  name: 'record-act',
  text: `insert into audit_entry (actor_id, key_id, protocol, action, subject_type, subject, prompt_id, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

/** The append-only ledger of who did what. */
@Injectable()
export class AuditLedger {
  constructor(private readonly database: Database) {}

  /** Records an act in the transaction that it happens in: neither is ever there without the other. */
  async record(actor: Actor, { action, subject, promptId, details = {} }: Act): Promise<void> {
    if (!this.database.em.isInTransaction()) throw new Error(`${action} is recorded outside of its transaction`);
    const { userId, keyId, via } = who(actor);
    const about = [subjectTypeOf(action), subject, promptId ?? null, JSON.stringify(details)];
    await this.database.query(insert, [userId, keyId, via, action, ...about]);
  }
}

function who(actor: Actor): { userId: string | null; keyId: string | null; via: AuditChannel } {
  if (typeof actor === 'string') return { userId: null, keyId: null, via: actor };
  return { userId: actor.userId, keyId: actor.keyId ?? null, via: actor.via };
}
