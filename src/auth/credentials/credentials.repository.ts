import { Injectable } from '@nestjs/common';
import { type Scope, scopes } from '../../common/http/access.decorator.js';
import { Database } from '../../database/database.js';
import type { Role } from '../accounts/account.entity.js';
import { foldedEmail } from '../../database/folded-email.js';
import { type FoundHolder, type Holder, KnownHolders } from './known-holders.js';
import type { SessionClaims } from './session-tokens.js';

interface CredentialRow {
  user_id: string;
  username: string;
  role: Role;
  key_id: string | null;
  key_scopes: Scope[] | null;
  key_owner_id: string | null;
  key_prompt_id: string | null;
  key_seconds_left: number | null;
}

interface KeyPairRow {
  user_id: string;
  password_version: number;
  expires_at: string | null;
}

/** A session that a key opens. */
export interface KeySession {
  readonly claims: SessionClaims;
  /** When the key ends. */
  readonly expiresAt: Date | undefined;
}

const columns = `a.id as user_id, o.slug as username, a.role, k.id as key_id, k.scopes as key_scopes,
  k.owner_id as key_owner_id, k.prompt_id as key_prompt_id,
  extract(epoch from k.expires_at - now())::float8 as key_seconds_left`;
const keyIsGood = `k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;

// Written by hand: every request with credentials asks one of these, and only these scalars are read.
const byKey = {
  name: 'principal-by-key',
  text: `select ${columns} from api_key k join account a on a.id = k.user_id join owner o on o.id = a.id
         where k.hash = $1 and ${keyIsGood} and a.role <> 'pending'`,
};
const byKeyPair = {
  name: 'session-by-key-pair',
  text: `select a.id as user_id, a.password_version, k.expires_at
         from api_key k join account a on a.id = k.user_id
         where k.hash = $1 and k.id = $2 and ${keyIsGood} and a.role <> 'pending'`,
};
const bySession = {
  name: 'principal-by-session',
  text: `select ${columns}, a.password_version = $2 and ($3::uuid is null or k.id is not null) as is_good
         from account a join owner o on o.id = a.id
         left join api_key k on k.id = $3 and k.user_id = a.id and ${keyIsGood} where a.id = $1`,
};
const byEmail = {
  name: 'principal-by-email',
  text: `select ${columns} from account a join owner o on o.id = a.id left join api_key k on false
         where ${foldedEmail('a.email')} = ${foldedEmail('$1::text')}`,
};

/** Who stands behind a credential, as of now: a revoked key or a changed password counts at once. */
@Injectable()
export class CredentialsRepository {
  constructor(
    private readonly database: Database,
    private readonly known: KnownHolders,
  ) {}

  async findByKeyHash(hash: Buffer): Promise<Holder | undefined> {
    return this.known.find(`key ${hash.toString('base64url')}`, async () => {
      const [row] = await this.database.query<CredentialRow>(byKey, [hash]);
      return row && toFound(row);
    });
  }

  /** What a session says that is opened with a key. */
  async findByKeyPair(keyId: string, hash: Buffer): Promise<KeySession | undefined> {
    const [row] = await this.database.query<KeyPairRow>(byKeyPair, [hash, keyId]);
    if (!row) return undefined;
    const claims = { userId: row.user_id, passwordVersion: row.password_version, keyId };
    return { claims, expiresAt: row.expires_at === null ? undefined : new Date(row.expires_at) };
  }

  /** `unknown` where there is no such user at all. */
  async findBySession({ userId, passwordVersion, keyId }: SessionClaims): Promise<Holder | 'unknown' | undefined> {
    const values = [userId, passwordVersion, keyId ?? null];
    return this.known.find(`session ${values.join(' ')}`, async () => {
      const [row] = await this.database.query<CredentialRow & { is_good: boolean }>(bySession, values);
      if (!row) return 'unknown';
      return row.is_good ? toFound(row) : undefined;
    });
  }

  /** With all rights of the user. */
  async findByEmail(email: string): Promise<Holder | undefined> {
    const [row] = await this.database.query<CredentialRow>(byEmail, [email]);
    return row && toFound(row).holder;
  }
}

function toFound(row: CredentialRow): FoundHolder {
  const isAdmin = row.role === 'admin';
  const ownScopes = scopes.filter((scope) => scope !== 'admin' || isAdmin);
  const holder: Holder = {
    userId: row.user_id,
    username: row.username,
    isAdmin,
    isPending: row.role === 'pending',
    scopes: new Set(row.key_scopes ? ownScopes.filter((scope) => row.key_scopes?.includes(scope)) : ownScopes),
    keyId: row.key_id ?? undefined,
    boundOwnerId: row.key_owner_id ?? undefined,
    boundPromptId: row.key_prompt_id ?? undefined,
  };
  return { holder, goodForMs: row.key_seconds_left === null ? undefined : row.key_seconds_left * 1000 };
}
