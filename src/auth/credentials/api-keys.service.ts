import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { isUuid } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { ApiKeyNotFound, BeyondOwnRights, InvalidToken } from '../auth.errors.js';
import { OwnersRepository } from '../accounts/owners.repository.js';
import { ApiKey } from './api-key.entity.js';
import { hashApiKey, newApiKeySecret } from './api-key-secret.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import type { ApiKeyInfo, ApiKeyList, CreateApiKey, CreatedApiKey, NewKeyInfo } from './credentials.dto.js';
import { KeyTargets } from './key-targets.js';

const mostKeysListed = 1000;
/** So long before a key ends, its user is warned in the list. */
const warningMs = 7 * 24 * 60 * 60 * 1000;

/** A user's API keys. Through a key, only keys within that key's own rights can be made, seen or revoked. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly owners: OwnersRepository,
    private readonly targets: KeyTargets,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws BeyondOwnRights, OwnerNotFound, ValidationFailed for a key that would outlive its parent, and 404 for a prompt that the caller may not see */
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
      revokedAt: null,
      parentId: me.keyId ?? null,
      lastUsedAt: null,
      createdAt: new Date(),
    };
    return this.database.transaction(async () => {
      const expiresAt = await this.expiryFor(me, wish.expires_at ? new Date(wish.expires_at) : null);
      this.database.em.create(ApiKey, { ...key, expiresAt });
      const info = toNewKey({ ...key, expiresAt });
      const { id: subject, created_at: _, ...details } = info;
      await this.audit.record(me, { action: 'key.create', subject, details });
      return { ...info, key: secret };
    });
  }

  async list(me: Principal): Promise<ApiKeyList> {
    const keys = await this.database.em.find(
      ApiKey,
      { userId: me.userId, revokedAt: null },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: mostKeysListed },
    );
    return { items: keys.filter((key) => isWithin(me, key)).map(toListed) };
  }

  /** Takes effect at once, for all keys and sessions that were made with the key, too. @throws ApiKeyNotFound */
  async revoke(me: Principal, id: string): Promise<void> {
    if (!isUuid(id)) throw ApiKeyNotFound();
    await this.database.transaction(async () => {
      // Of two at once, one revokes it, and the other finds none.
      await this.keys.lockUser(me.userId);
      const key = await this.database.em.findOne(ApiKey, { id, userId: me.userId, revokedAt: null });
      if (!key || !isWithin(me, key)) throw ApiKeyNotFound();
      const revoked = await this.keys.revokeFamily(id);
      for (const { id: subject, name } of revoked) {
        const details = { name, ...(subject === key.id ? {} : { with: key.id }) };
        await this.audit.record(me, { action: 'key.revoke', subject, details });
      }
    });
  }

  /**
   * When a key ends that is to end at the given time, null for never: one that is made with another key ends with that
   * one, at the latest. @throws InvalidToken if that is revoked meanwhile, ValidationFailed
   */
  private async expiryFor({ userId, keyId }: Principal, wanted: Date | null): Promise<Date | null> {
    if (keyId === undefined) return wanted;
    await this.keys.lockUser(userId);
    const latest = await this.keys.expiryOf(keyId);
    if (latest === undefined) throw InvalidToken();
    if (latest === null) return wanted;
    if (wanted === null || wanted <= latest) return wanted ?? latest;
    const problem = `must not be after ${latest.toISOString()}, when the key ends that this one is made with`;
    throw ValidationFailed({ expires_at: problem });
  }
}

function isWithin(me: Principal, key: Pick<ApiKey, 'scopes' | 'ownerId' | 'promptId'>): boolean {
  if (!key.scopes.every((scope) => me.scopes.has(scope))) return false;
  if (me.boundOwnerId && me.boundOwnerId !== key.ownerId) return false;
  return !me.boundPromptId || me.boundPromptId === key.promptId;
}

function toNewKey(key: Omit<ApiKey, 'hash'>): NewKeyInfo {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    ...(key.ownerId ? { owner_id: key.ownerId } : {}),
    ...(key.promptId ? { prompt_id: key.promptId } : {}),
    ...(key.parentId ? { parent_id: key.parentId } : {}),
    expires_at: key.expiresAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  };
}

function toListed(key: ApiKey): ApiKeyInfo {
  return {
    ...toNewKey(key),
    expires_soon: key.expiresAt instanceof Date && key.expiresAt.getTime() - Date.now() < warningMs,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
}
