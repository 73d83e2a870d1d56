import { createHmac, type KeyObject } from 'node:crypto';
import type { Visitor } from '../versions/download-logger.js';

/**
 * Hashes a visitor to 16 bytes: one value per signed-in user, else one per address and user agent. The address cannot
 * be derived from it.
 */
export function visitorHash(salt: KeyObject, { userId, address, agent }: Visitor): Buffer {
  const identity = userId ? ['user', userId] : ['address', address, agent];
  return createHmac('sha256', salt).update(JSON.stringify(identity)).digest().subarray(0, 16);
}
