import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

export interface RevokedKey {
  readonly id: string;
  readonly name: string;
}

/** A use of a key. */
export interface KeyUse {
  readonly keyId: string;
  readonly at: Date;
}

// All keys of a user are made with and revoked under this lock, so that no key is made with one that is being revoked.
const lockUser = { name: 'lock-user-of-keys', text: 'select from account where id = $1 for no key update' };
const expiryOfGood = {
  name: 'expiry-of-good-key',
  text: `select expires_at from api_key
         where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
};
const revokeFamily = {
  name: 'revoke-key-family',
  text: `with recursive family as (
           select id from api_key where id = $1
           union select k.id from api_key k join family f on k.parent_id = f.id
         )
         update api_key set revoked_at = now() where id in (select id from family) and revoked_at is null
         returning id, name`,
};
// A row that is being changed is left out: its next use comes.
const noteUses = {
  name: 'note-key-uses',
  text: `with due as (
           select k.id, u.at from unnest($1::uuid[], $2::timestamptz[]) u (id, at) join api_key k on k.id = u.id
           where k.last_used_at is null or k.last_used_at < u.at order by k.id for no key update of k skip locked
         )
         update api_key k set last_used_at = due.at from due where k.id = due.id`,
};

/** What becomes of API keys besides their entities. */
@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  /** Until the running transaction ends, nobody else makes or revokes keys of the user. */
  async lockUser(userId: string): Promise<void> {
    await this.database.query(lockUser, [userId]);
  }

  /** When a key ends, null for never; undefined for one that is no good any more. */
  async expiryOf(keyId: string): Promise<Date | null | undefined> {
    const [row] = await this.database.query<{ expires_at: string | null }>(expiryOfGood, [keyId]);
    return row && (row.expires_at === null ? null : new Date(row.expires_at));
  }

  /** Revokes a key with all keys that were made with it, with those that were made with these, and so on. */
  revokeFamily(keyId: string): Promise<RevokedKey[]> {
    return this.database.query<RevokedKey>(revokeFamily, [keyId]);
  }

  /** Only later uses than those that are known. */
  async noteUses(uses: readonly KeyUse[]): Promise<void> {
    await this.database.query(noteUses, [uses.map(({ keyId }) => keyId), uses.map(({ at }) => at)]);
  }
}
