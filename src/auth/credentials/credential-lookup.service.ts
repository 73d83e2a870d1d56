import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type Scope, scopes } from '../../common/http/access.decorator.js';
import type { Role } from '../accounts/account.entity.js';
import { sessionByKeyPair, subjectByEmail, subjectByKey, subjectBySession } from './credentials.queries.js';
import { type FoundSubject, type CredentialSubject, CredentialCache } from './credential-cache.js';
import type { SessionClaims } from './session-token.service.js';

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

/** Finds the subject of a credential. A revoked key or a changed password takes effect at once. */
@Injectable()
export class CredentialLookup {
  constructor(
    private readonly em: EntityManager,
    private readonly cache: CredentialCache,
  ) {}

  async findByKeyHash(hash: Buffer): Promise<CredentialSubject | undefined> {
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

  /** `unknown` if the user does not exist. */
  async findBySession({
    userId,
    passwordVersion,
    keyId,
  }: SessionClaims): Promise<CredentialSubject | 'unknown' | undefined> {
    const values = [userId, passwordVersion, keyId ?? null];
    return this.cache.find(`session ${values.join(' ')}`, async () => {
      const [record] = await this.em.execute<(CredentialRecord & { isValid: boolean })[]>(subjectBySession, values);
      if (!record) return 'unknown';
      return record.isValid ? toFound(record) : undefined;
    });
  }

  /** With all rights of the user. */
  async findByEmail(email: string): Promise<CredentialSubject | undefined> {
    const [record] = await this.em.execute<CredentialRecord[]>(subjectByEmail, [email]);
    return record && toFound(record).subject;
  }
}

function toFound({ userId, username, role, keyScopes, ...key }: CredentialRecord): FoundSubject {
  const isAdmin = role === 'admin';
  const ownScopes = scopes.filter((scope) => scope !== 'admin' || isAdmin);
  const subject: CredentialSubject = {
    userId,
    username,
    isAdmin,
    isPending: role === 'pending',
    scopes: new Set(keyScopes ? ownScopes.filter((scope) => keyScopes.includes(scope)) : ownScopes),
    keyId: key.keyId ?? undefined,
    boundOwnerId: key.keyOwnerId ?? undefined,
    boundPromptId: key.keyPromptId ?? undefined,
  };
  return { subject, validForMs: key.keySecondsLeft === null ? undefined : key.keySecondsLeft * 1000 };
}
