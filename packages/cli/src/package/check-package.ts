import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { Identity } from '@promptyard/package-format/manifest/read-manifest.js';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import type { PackageCandidate } from './package-candidate.js';
import { type CheckedManifest, checkManifest } from './check-manifest.js';
import { checkTemplate } from './check-template.js';
import { invalidPackageError, type Problem } from './problem.js';

export interface ValidPackage {
  readonly identity: Identity;
  readonly archive: Buffer;
  /** Lower-case hex, like the server's. */
  readonly sha256: string;
  readonly contents: PackageContents;
}

export interface CheckResult {
  /** Present if and only if there are no problems. */
  readonly valid?: ValidPackage;
  readonly identity?: Identity;
  readonly problems: readonly Problem[];
  /** Probable mistakes that the server accepts. */
  readonly warnings: readonly Problem[];
}

/**
 * Reports all problems of a package together. If none is found, the server's own validator decides; it stops at the
 * first problem.
 */
export async function checkPackage(candidate: PackageCandidate): Promise<CheckResult> {
  const manifest: CheckedManifest =
    candidate.manifest === undefined ? { problems: [], declared: new Map() } : await checkManifest(candidate.manifest);
  const { identity, syntax, declared } = manifest;
  const warnings =
    candidate.template === undefined || syntax === undefined ? [] : checkTemplate(candidate.template, syntax, declared);
  const problems = [...candidate.problems, ...manifest.problems];
  if (problems.length > 0 || !candidate.archive || !identity) return { identity, problems, warnings };
  return { identity, warnings, ...(await validateArchive(candidate.path, candidate.archive, identity)) };
}

/** Like checkPackage, but requires a valid package. @throws CliError with all problems */
export async function requireValidPackage(
  candidate: PackageCandidate,
): Promise<ValidPackage & Pick<CheckResult, 'warnings'>> {
  const { valid, problems, warnings } = await checkPackage(candidate);
  if (!valid) throw invalidPackageError(candidate.path, problems);
  return { ...valid, warnings };
}

async function validateArchive(
  path: string,
  archive: Buffer,
  identity: Identity,
): Promise<Pick<CheckResult, 'valid' | 'problems'>> {
  try {
    const contents = await readPackage(Readable.from([archive]), identity);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    return { valid: { identity, archive, sha256, contents }, problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    return { problems: [{ file: path, message: error.reason }] };
  }
}
