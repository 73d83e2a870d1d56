import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { isUuid } from '../../../common/http/scalars.js';
import type { Principal } from '../../access/principal.js';
import { AuditRecorder } from '../../audit/audit-recorder.js';
import { ApiKeyNotFound, BeyondOwnRights, InvalidToken } from '../../auth.errors.js';
import { Owner } from '../../accounts/owner.entity.js';
import { OwnerRepository } from '../../accounts/owner.repository.js';
import { ApiKey } from './api-key.entity.js';
import { hashApiKey, newApiKeySecret } from './api-key-secret.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { toListedKey, toNewKey } from './api-keys.mapper.js';
import type { ApiKeyList, CreateApiKey, CreatedApiKey } from '../credentials.dto.js';
import { KeyTargetPolicy } from './key-target.policy.js';

const maxKeysListed = 1000;

/** The API keys of a user. With a key, a caller can create, list and revoke only keys within the rights of that key. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(ApiKey) private readonly keys: ApiKeyRepository,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly targets: KeyTargetPolicy,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws BeyondOwnRights, OwnerNotFound, ValidationFailed for a key that would outlive its parent, and 404 for a prompt that the caller may not see */
  async create(caller: Principal, input: CreateApiKey): Promise<CreatedApiKey> {
    const scopes = [...new Set(input.scopes)];
    // Checked first, so that credentials without the scope do not learn whether the owner or prompt exists.
    if (!scopes.every((scope) => caller.scopes.has(scope))) throw BeyondOwnRights();
    const owner = input.owner ? await this.owners.get(input.owner) : undefined;
    if (input.prompt) await this.targets.assertVisible(input.prompt, caller);
    const binding = { ownerId: owner?.id ?? null, promptId: input.prompt?.toLowerCase() ?? null };
    if (!isWithin(caller, { scopes, ...binding })) throw BeyondOwnRights();
    const secret = newApiKeySecret();
    const key = {
      id: randomUUID(),
      userId: caller.userId,
      name: input.name,
      hash: hashApiKey(secret),
      scopes,
      ...binding,
      revokedAt: null,
      parentId: caller.keyId ?? null,
      lastUsedAt: null,
      createdAt: new Date(),
    };
    return this.em.transactional(async () => {
      const expiresAt = await this.expiryFor(caller, input.expires_at ? new Date(input.expires_at) : null);
      this.keys.create({ ...key, expiresAt });
      const info = toNewKey({ ...key, expiresAt });
      const { id: subject, created_at: _, ...details } = info;
      await this.audit.record(caller, { action: 'key.create', subject, details });
      return { ...info, key: secret };
    });
  }

  async list(caller: Principal): Promise<ApiKeyList> {
    const keys = await this.keys.find(
      { userId: caller.userId, revokedAt: null },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: maxKeysListed },
    );
    return { items: keys.filter((key) => isWithin(caller, key)).map(toListedKey) };
  }

  /** Takes effect at once, also for all keys and sessions that were created with the key. @throws ApiKeyNotFound */
  async revoke(caller: Principal, id: string): Promise<void> {
    if (!isUuid(id)) throw ApiKeyNotFound();
    await this.em.transactional(async () => {
      // Of two concurrent calls, one revokes the key and the other one does not find it.
      await this.keys.lockUser(caller.userId);
      const key = await this.keys.findOne({ id, userId: caller.userId, revokedAt: null });
      if (!key || !isWithin(caller, key)) throw ApiKeyNotFound();
      const revoked = await this.keys.revokeFamily(id);
      for (const { id: subject, name } of revoked) {
        const details = { name, ...(subject === key.id ? {} : { with: key.id }) };
        await this.audit.record(caller, { action: 'key.revoke', subject, details });
      }
    });
  }

  /**
   * The expiry of a new key; null if it does not expire. A key that is created with another key expires with that one
   * at the latest. @throws InvalidToken if that key has been revoked, ValidationFailed
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

function isWithin(caller: Principal, key: Pick<ApiKey, 'scopes' | 'ownerId' | 'promptId'>): boolean {
  if (!key.scopes.every((scope) => caller.scopes.has(scope))) return false;
  if (caller.boundOwnerId && caller.boundOwnerId !== key.ownerId) return false;
  return !caller.boundPromptId || caller.boundPromptId === key.promptId;
}
