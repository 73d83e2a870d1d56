import type { LockedPackage } from './lock-file.js';

/** The fields of a version that are in the registry and in the lock. */
export type LockedDetails = Pick<LockedPackage, 'sha256' | 'size' | 'revision' | 'digest'>;

const fieldNames = { sha256: 'sha256', size: 'size', revision: 'revision', digest: 'digest of the revision' } as const;

/** The differences between the lock and the registry, one line each. */
export function entryDifferences(locked: LockedDetails, registry: LockedDetails): string[] {
  const fields = ['sha256', 'size', 'revision', 'digest'] as const;
  return fields
    .filter((field) => locked[field] !== registry[field])
    .map((field) => `${fieldNames[field]}: prompts.lock says ${locked[field]}, the registry ${registry[field]}`);
}
