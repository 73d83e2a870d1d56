import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43; // 256 bits in base 62
const checksumLength = 6; // 32 bits in base 62
const secretPattern = new RegExp(`^pyd_([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`);

/** A new key: `pyd_`, 256 random bits in base 62, and a checksum by which scanners and this server recognize it. */
export function newApiKeySecret(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), secretLength);
  return `pyd_${secret}${checksum(secret)}`;
}

/** Whether the text has the form of an API key with a correct checksum. Does not access the database. */
export function isApiKeySecret(text: string): boolean {
  const match = secretPattern.exec(text);
  return match !== null && match[1] !== undefined && checksum(match[1]) === match[2];
}

/** Whether the text looks like an API key of this server, even if it is mistyped. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('pyd_');
}

/**
 * The hash that is stored for a key. The key is random in all its bits, so that a plain hash cannot be reversed by
 * search.
 */
export function hashApiKey(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function checksum(secret: string): string {
  return base62(BigInt(crc32(secret)), checksumLength);
}

function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = alphabet.charAt(Number(rest % 62n)) + digits;
  return digits;
}
