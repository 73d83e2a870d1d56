import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../common/json.js';
import type { Protocol } from '../../common/protocol.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../access/principal.js';

export const auditActions = [
  'prompt.create',
  'prompt.update',
  'prompt.delete',
  'prompt.restore',
  'revision.create',
  'label.move',
  'label.delete',
  'label.protect',
  'label.unprotect',
  'version.publish',
  'version.release',
  'version.yank',
  'version.unyank',
  'version.deprecate',
  'version.undeprecate',
  'grants.set',
  'key.create',
  'key.revoke',
  'user.create',
  'user.update',
  'user.password',
  'group.create',
  'group.update',
  'group.delete',
  'group.member.add',
  'group.member.remove',
  'organization.create',
  'organization.update',
  'organization.member.set',
  'organization.member.remove',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What was done, and to what: `subject` names it to people (`alice/support`, `production`, `1.2.0`). Never a secret. */
export interface Act {
  readonly action: AuditAction;
  readonly subject: string;
  /** The prompt whose owners may read of it. */
  readonly promptId?: string;
  readonly details?: JsonObject;
}

/** Who did it: a caller, or the command line on the server itself. */
export type Actor = Pick<Principal, 'userId' | 'keyId' | 'via'> | 'command-line';

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
    const { userId, keyId, via } = who(actor);
    const subjectType = action.slice(0, action.indexOf('.')).replace('grants', 'grant');
    const values = [userId, keyId, via, action, subjectType, subject, promptId ?? null, JSON.stringify(details)];
    await this.database.query(insert, values);
  }
}

function who(actor: Actor): { userId: string | null; keyId: string | null; via: Protocol | 'command-line' } {
  if (actor === 'command-line') return { userId: null, keyId: null, via: actor };
  return { userId: actor.userId, keyId: actor.keyId ?? null, via: actor.via };
}
