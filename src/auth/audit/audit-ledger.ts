import type { EntityManager } from '@mikro-orm/postgresql';
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

const columns = 'actor_id, key_id, protocol, action, subject_type, subject, prompt_id, details';
const insert = {
  name: 'record-acts',
  text: `insert into audit_entry (${columns}) select ${columns} from rows from (json_to_recordset($1) as (
           actor_id uuid, key_id uuid, protocol text, action text, subject_type text, subject text, prompt_id uuid, details jsonb
         )) with ordinality order by ordinality`,
};

/** The append-only ledger of who did what. */
@Injectable()
export class AuditLedger {
  /** What is to be written before each transaction ends. */
  private readonly entries = new WeakMap<EntityManager, JsonObject[]>();

  constructor(private readonly database: Database) {}

  /**
   * Records an act in the transaction that it happens in: neither is ever there without the other. All acts of a
   * transaction are written at once, as its last statement.
   */
  record(actor: Actor, { action, subject, promptId, details = {} }: Act): Promise<void> {
    const { em } = this.database;
    if (!em.isInTransaction()) return Promise.reject(new Error(`${action} is recorded outside of its transaction`));
    const about = { subject_type: subjectTypeOf(action), subject, prompt_id: promptId ?? null, details };
    this.entriesOf(em).push({ ...who(actor), action, ...about });
    return Promise.resolve();
  }

  private entriesOf(em: EntityManager): JsonObject[] {
    const known = this.entries.get(em);
    if (known) return known;
    const entries: JsonObject[] = [];
    this.entries.set(em, entries);
    this.database.beforeCommit(async () => {
      await this.database.query(insert, [JSON.stringify(entries)]);
    });
    return entries;
  }
}

function who(actor: Actor): { actor_id: string | null; key_id: string | null; protocol: AuditChannel } {
  if (typeof actor === 'string') return { actor_id: null, key_id: null, protocol: actor };
  return { actor_id: actor.userId, key_id: actor.keyId ?? null, protocol: actor.via };
}
