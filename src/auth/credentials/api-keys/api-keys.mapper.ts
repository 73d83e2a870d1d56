import type { ApiKey } from './api-key.entity.js';
import type { ApiKeyInfo, NewKeyInfo } from '../credentials.dto.js';

/** For this long before a key ends, its user is warned in the list. */
const expiryWarningMs = 7 * 24 * 60 * 60 * 1000;

/** A key as the answer shows it that made it. */
export function toNewKey(key: Omit<ApiKey, 'hash'>): NewKeyInfo {
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

/** A key as the list shows it. */
export function toListedKey(key: ApiKey): ApiKeyInfo {
  return {
    ...toNewKey(key),
    expires_soon: key.expiresAt instanceof Date && key.expiresAt.getTime() - Date.now() < expiryWarningMs,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
}
