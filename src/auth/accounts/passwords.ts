import { randomBytes } from 'node:crypto';

// The library's algorithm is argon2id; memory and passes follow OWASP's password storage recommendation.
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const saltBytes = 16;
const hashBytes = 32;

/**
 * Verified if the account does not exist, so that the answer takes the same time. It is random instead of computed,
 * because hashing at the start would take time, and 39 MiB that the library does not give back.
 */
const dummyHash = formatHash(randomBytes(saltBytes), randomBytes(hashBytes));

/** Loaded at first use, because most servers get requests with keys only. */
const loadLibrary = () => import('@node-rs/argon2');

export async function hashPassword(password: string): Promise<string> {
  const { hash } = await loadLibrary();
  return hash(password, options);
}

export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  const { verify } = await loadLibrary();
  const matches = await verify(passwordHash ?? dummyHash, password);
  return matches && passwordHash !== undefined;
}

function formatHash(salt: Buffer, digest: Buffer): string {
  const { memoryCost, timeCost, parallelism } = options;
  const [saltText, digestText] = [salt, digest].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${saltText}$${digestText}`;
}

/** A password to hand out once: 120 random bits. */
export function newPassword(): string {
  return randomBytes(15).toString('base64url');
}
