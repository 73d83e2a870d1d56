import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { isUuid } from '../../common/http/scalars.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { ApiKeyNotFound, BeyondOwnRights, InvalidToken } from '../auth.errors.js';
import { Owner } from '../accounts/owner.entity.js';
import { OwnerRepository } from '../accounts/owner.repository.js';
import { ApiKey } from './api-key.entity.js';
import { hashApiKey, newApiKeySecret } from './api-key-secret.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { toListedKey, toNewKey } from './api-keys.mapper.js';
import type { ApiKeyList, CreateApiKey, CreatedApiKey } from './credentials.dto.js';
import { KeyTargets } from './key-targets.js';

const maxKeysListed = 1000;

/** A user's API keys. Through a key, only keys within that key's own rights can be made, seen or revoked. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(ApiKey) private readonly keys: ApiKeyRepository,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly targets: KeyTargets,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws BeyondOwnRights, OwnerNotFound, ValidationFailed for a key that would outlive its parent, and 404 for a prompt that the caller may not see */
  async create(me: Principal, input: CreateApiKey): Promise<CreatedApiKey> {
    const scopes = [...new Set(input.scopes)];
    // First of all: credentials without the scope learn nothing of what the key would be bound to.
    if (!scopes.every((scope) => me.scopes.has(scope))) throw BeyondOwnRights();
    const owner = input.owner ? await this.owners.get(input.owner) : undefined;
    if (input.prompt) await this.targets.assertVisible(input.prompt, me);
    const binding = { ownerId: owner?.id ?? null, promptId: input.prompt?.toLowerCase() ?? null };
    if (!isWithin(me, { scopes, ...binding })) throw BeyondOwnRights();
    const secret = newApiKeySecret();
    const key = {
      id: randomUUID(),
      userId: me.userId,
      name: input.name,
      hash: hashApiKey(secret),
      scopes,
      ...binding,
      revokedAt: null,
      parentId: me.keyId ?? null,
      lastUsedAt: null,
      createdAt: new Date(),
    };
    return this.em.transactional(async () => {
      const expiresAt = await this.expiryFor(me, input.expires_at ? new Date(input.expires_at) : null);
      this.keys.create({ ...key, expiresAt });
      const info = toNewKey({ ...key, expiresAt });
      const { id: subject, created_at: _, ...details } = info;
      await this.audit.record(me, { action: 'key.create', subject, details });
      return { ...info, key: secret };
    });
  }

  async list(me: Principal): Promise<ApiKeyList> {
    const keys = await this.keys.find(
      { userId: me.userId, revokedAt: null },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: maxKeysListed },
    );
    return { items: keys.filter((key) => isWithin(me, key)).map(toListedKey) };
  }

  /** Takes effect at once, for all keys and sessions that were made with the key, too. @throws ApiKeyNotFound */
  async revoke(me: Principal, id: string): Promise<void> {
    if (!isUuid(id)) throw ApiKeyNotFound();
    await this.em.transactional(async () => {
      // Of two at once, one revokes it, and the other finds none.
      await this.keys.lockUser(me.userId);
      const key = await this.keys.findOne({ id, userId: me.userId, revokedAt: null });
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
  private async expiryFor({ userId, keyId }: Principal, requested: Date | null): Promise<Date | null> {
    if (keyId === undefined) return requested;
    await this.keys.lockUser(userId);
    const parent = await this.keys.findValid(keyId);
    if (!parent) throw InvalidToken();
    const latest = parent.expiresAt;
    if (!latest) return requested;
    if (requested === null || requested <= latest) return requested ?? latest;
    const problem = `must not be after ${latest.toISOString()}, when the key ends that this one is made with`;
    throw ValidationFailed({ expires_at: problem });
  }
}

function isWithin(me: Principal, key: Pick<ApiKey, 'scopes' | 'ownerId' | 'promptId'>): boolean {
  if (!key.scopes.every((scope) => me.scopes.has(scope))) return false;
  if (me.boundOwnerId && me.boundOwnerId !== key.ownerId) return false;
  return !me.boundPromptId || me.boundPromptId === key.promptId;
}
