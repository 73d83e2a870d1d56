import { z } from 'zod';

const maxPart = 2 ** 31 - 1;

/** Three whole numbers without leading zeros, each at most 2^31-1, and nothing around them. */
export const VersionNumber = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/, 'must match ^\\d+\\.\\d+\\.\\d+$')
  .refine((version) => parts(version).every(isCanonical), 'must have no leading zeros and no number over 2147483647');

/** `1.2.3` as its numbers. Takes what `VersionNumber` accepts. */
export function parseVersion(version: string): { major: number; minor: number; patch: number } {
  const [major = 0, minor = 0, patch = 0] = parts(version).map(Number);
  return { major, minor, patch };
}

/** Above 0 where the first is higher, below where the second is. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

function parts(version: string): string[] {
  return version.split('.');
}

function isCanonical(part: string): boolean {
  return part.length <= 10 && String(Number(part)) === part && Number(part) <= maxPart;
}
