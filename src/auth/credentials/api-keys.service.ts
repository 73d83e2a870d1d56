import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isUuid } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { ApiKeyNotFound, BeyondOwnRights } from '../auth.errors.js';
import { OwnersRepository } from '../identity/owners.repository.js';
import { ApiKey } from './api-key.entity.js';
import { hashApiKey, newApiKeySecret } from './api-key-secret.js';
import type { ApiKeyInfo, ApiKeyList, CreateApiKey, CreatedApiKey } from './credentials.dto.js';
import { KnownHolders } from './known-holders.js';
import { KeyTargets } from './key-targets.js';

const mostKeysListed = 1000;

/** A user's API keys. Through a key, only keys within that key's own rights can be made, seen or revoked. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly owners: OwnersRepository,
    private readonly targets: KeyTargets,
    private readonly known: KnownHolders,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws BeyondOwnRights, OwnerNotFound, and 404 for a prompt that the caller may not see */
  async create(me: Principal, wish: CreateApiKey): Promise<CreatedApiKey> {
    const scopes = [...new Set(wish.scopes)];
    // First of all: credentials without the scope learn nothing of what the key would be bound to.
    if (!scopes.every((scope) => me.scopes.has(scope))) throw BeyondOwnRights();
    const owner = wish.owner ? await this.owners.get(wish.owner) : undefined;
    if (wish.prompt) await this.targets.assertVisible(wish.prompt, me);
    const binding = { ownerId: owner?.id ?? null, promptId: wish.prompt?.toLowerCase() ?? null };
    if (!isWithin(me, { scopes, ...binding })) throw BeyondOwnRights();
    const secret = newApiKeySecret();
    const key = {
      id: randomUUID(),
      userId: me.userId,
      name: wish.name,
      hash: hashApiKey(secret),
      scopes,
      ...binding,
      expiresAt: wish.expires_at ? new Date(wish.expires_at) : null,
      revokedAt: null,
      createdAt: new Date(),
    };
    await this.database.transaction(async () => {
      this.database.em.create(ApiKey, key);
      const { id: subject, created_at: _, ...details } = toInfo(key);
      await this.audit.record(me, { action: 'key.create', subject, details });
    });
    return { ...toInfo(key), key: secret };
  }

  async list(me: Principal): Promise<ApiKeyList> {
    const keys = await this.database.read((em) =>
      em.find(
        ApiKey,
        { userId: me.userId, revokedAt: null },
        { orderBy: { createdAt: 'asc', id: 'asc' }, limit: mostKeysListed },
      ),
    );
    return { items: keys.filter((key) => isWithin(me, key)).map(toInfo) };
  }

  /** Takes effect at once, sessions opened with the key included. @throws ApiKeyNotFound */
  async revoke(me: Principal, id: string): Promise<void> {
    if (!isUuid(id)) throw ApiKeyNotFound();
    await this.database.transaction(async () => {
      // Locked: of two at once, one revokes it, and the other finds none.
      const lockMode = LockMode.PESSIMISTIC_WRITE;
      const key = await this.database.em.findOne(ApiKey, { id, userId: me.userId, revokedAt: null }, { lockMode });
      if (!key || !isWithin(me, key)) throw ApiKeyNotFound();
      key.revokedAt = new Date();
      this.known.noteChange(me.userId);
      await this.audit.record(me, { action: 'key.revoke', subject: key.id, details: { name: key.name } });
    });
  }
}

function isWithin(me: Principal, key: Pick<ApiKey, 'scopes' | 'ownerId' | 'promptId'>): boolean {
  if (!key.scopes.every((scope) => me.scopes.has(scope))) return false;
  if (me.boundOwnerId && me.boundOwnerId !== key.ownerId) return false;
  return !me.boundPromptId || me.boundPromptId === key.promptId;
}

function toInfo(key: ApiKey): ApiKeyInfo {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    ...(key.ownerId ? { owner_id: key.ownerId } : {}),
    ...(key.promptId ? { prompt_id: key.promptId } : {}),
    expires_at: key.expiresAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  };
}
