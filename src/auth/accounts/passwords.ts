import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

// The library's algorithm is argon2id; memory and passes follow OWASP's password storage recommendation.
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Verified if the account does not exist, so that the answer takes the same time. Computed when first needed. */
let dummyHash: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await dummyPasswordHash()), password);
  return matches && passwordHash !== undefined;
}

function dummyPasswordHash(): Promise<string> {
  return (dummyHash ??= hash(randomBytes(16).toString('hex'), options));
}

/** A password to hand out once: 120 random bits. */
export function newPassword(): string {
  return randomBytes(15).toString('base64url');
}
