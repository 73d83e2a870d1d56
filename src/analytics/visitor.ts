import { createHmac, type KeyObject } from 'node:crypto';
import type { Visitor } from '../versions/download-logger.js';

/** Stands for who downloads: one per signed-in user, else one per address and agent. 16 bytes that tell nobody's address. */
export function visitorHash(salt: KeyObject, { userId, address, agent }: Visitor): Buffer {
  const identity = userId ? ['user', userId] : ['address', address, agent];
  return createHmac('sha256', salt).update(JSON.stringify(identity)).digest().subarray(0, 16);
}
