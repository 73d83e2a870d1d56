import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type Scope, scopes } from '../../common/http/access.decorator.js';
import type { Role } from '../accounts/account.entity.js';
import { sessionByKeyPair, subjectByEmail, subjectByKey, subjectBySession } from './credentials.queries.js';
import { type FoundHolder, type Holder, KnownHolders } from './known-holders.js';
import type { SessionClaims } from './session-tokens.js';

interface CredentialRecord {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly keyId: string | null;
  readonly keyScopes: readonly Scope[] | null;
  readonly keyOwnerId: string | null;
  readonly keyPromptId: string | null;
  readonly keySecondsLeft: number | null;
}

interface KeyPairRecord {
  readonly userId: string;
  readonly passwordVersion: number;
  readonly expiresAt: string | null;
}

/** A session that a key opens. */
export interface KeySession {
  readonly claims: SessionClaims;
  /** When the key ends. */
  readonly expiresAt: Date | undefined;
}

/** Who stands behind a credential, as of now: a revoked key or a changed password counts at once. */
@Injectable()
export class CredentialLookup {
  constructor(
    private readonly em: EntityManager,
    private readonly cache: KnownHolders,
  ) {}

  async findByKeyHash(hash: Buffer): Promise<Holder | undefined> {
    return this.cache.find(`key ${hash.toString('base64url')}`, async () => {
      const [record] = await this.em.execute<CredentialRecord[]>(subjectByKey, [hash]);
      return record && toFound(record);
    });
  }

  /** The claims of a session that is opened with a key. */
  async findByKeyPair(keyId: string, hash: Buffer): Promise<KeySession | undefined> {
    const [record] = await this.em.execute<KeyPairRecord[]>(sessionByKeyPair, [hash, keyId]);
    if (!record) return undefined;
    const { userId, passwordVersion, expiresAt } = record;
    const claims = { userId, passwordVersion, keyId };
    return { claims, expiresAt: expiresAt === null ? undefined : new Date(expiresAt) };
  }

  /** `unknown` where there is no such user at all. */
  async findBySession({ userId, passwordVersion, keyId }: SessionClaims): Promise<Holder | 'unknown' | undefined> {
    const values = [userId, passwordVersion, keyId ?? null];
    return this.cache.find(`session ${values.join(' ')}`, async () => {
      const [record] = await this.em.execute<(CredentialRecord & { isValid: boolean })[]>(subjectBySession, values);
      if (!record) return 'unknown';
      return record.isValid ? toFound(record) : undefined;
    });
  }

  /** With all rights of the user. */
  async findByEmail(email: string): Promise<Holder | undefined> {
    const [record] = await this.em.execute<CredentialRecord[]>(subjectByEmail, [email]);
    return record && toFound(record).holder;
  }
}

function toFound({ userId, username, role, keyScopes, ...key }: CredentialRecord): FoundHolder {
  const isAdmin = role === 'admin';
  const ownScopes = scopes.filter((scope) => scope !== 'admin' || isAdmin);
  const holder: Holder = {
    userId,
    username,
    isAdmin,
    isPending: role === 'pending',
    scopes: new Set(keyScopes ? ownScopes.filter((scope) => keyScopes.includes(scope)) : ownScopes),
    keyId: key.keyId ?? undefined,
    boundOwnerId: key.keyOwnerId ?? undefined,
    boundPromptId: key.keyPromptId ?? undefined,
  };
  return { holder, goodForMs: key.keySecondsLeft === null ? undefined : key.keySecondsLeft * 1000 };
}
