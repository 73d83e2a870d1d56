import { z } from 'zod';
import { packageLimits } from '@promptyard/package-format/package-limits.js';
import { ExitCode, CliError } from '../cli-error.js';
import { describeIssues, parseJson, sortKeys } from './json-text.js';
import { isPromptId } from './prompt-id.js';

export const lockFileName = 'prompts.lock';

const lockFormat = 1;

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
export const VersionNumber = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version');
export const ArchiveSize = z.int().positive().max(packageLimits.archiveBytes);

/** The sha256 of each file by its path in the package, in lower-case hex. */
export type FileDigests = Readonly<Record<string, string>>;

const LockedPackage = z.strictObject({
  /** The specifier in promptyard.json when this was resolved. */
  wanted: z.string(),
  version: VersionNumber,
  sha256: Sha256,
  size: ArchiveSize,
  revision: z.int().positive(),
  /** The digest of the revision, as in the answer of `resolve`. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'),
  files: z.record(z.string(), Sha256),
});
export type LockedPackage = Readonly<z.output<typeof LockedPackage>>;

/** By `owner/name`. */
export type Lock = Readonly<Record<string, LockedPackage>>;

const LockFile = z.strictObject({
  format: z.literal(lockFormat),
  packages: z.record(z.string().refine(isPromptId, 'must be owner/name'), LockedPackage),
});

/** Reads prompts.lock. @throws CliError (verification failed) if it is invalid, because an install trusts it */
export function parseLockFile(text: string): Lock {
  const parsed = LockFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.packages;
  throw new CliError(`${lockFileName} is not what promptyard wrote`, {
    code: 'BROKEN_LOCK',
    exitCode: ExitCode.verification,
    details: describeIssues(parsed.error),
    hint: 'Take it from version control, or delete it and run `promptyard lock`.',
  });
}

/** The same text for the same lock. */
export function printLockFile(packages: Lock): string {
  const written = Object.entries(packages).map(([id, locked]): [string, LockedPackage] => [
    id,
    { ...locked, files: sortKeys(locked.files) },
  ]);
  return `${JSON.stringify({ format: lockFormat, packages: sortKeys(Object.fromEntries(written)) }, undefined, 2)}\n`;
}
