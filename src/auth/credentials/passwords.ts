import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

// The library's algorithm is argon2id; memory and passes follow OWASP's password storage recommendation.
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Checked against when there is no such account, so that an answer takes the same time. */
const nobodysHash = hash(randomBytes(16).toString('hex'), options);

export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return matches && passwordHash !== undefined;
}

/** A password to hand out once: 120 random bits. */
export function newPassword(): string {
  return randomBytes(15).toString('base64url');
}
