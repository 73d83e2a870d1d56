import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, CliError } from '../cli-error.js';
import type { SafePath } from './safe-path.js';

const unsafePathCode = 'UNSAFE_PATH';

/**
 * The file at a path; undefined if there is none. No step of the path is followed if it is a link. Node.js cannot open a
 * file relative to an open folder, so this does not protect against a process that changes the project's folders between
 * this check and the use.
 * @throws CliError, verification failed, if a step is a link, or not a folder
 */
export async function inspectPath(path: SafePath): Promise<BigIntStats | undefined> {
  let found = await statIfExists(stat(path.root, { bigint: true }));
  let at = path.root;
  for (const [index, step] of path.steps.entries()) {
    if (found && !found.isDirectory())
      throw unsafePathError(path.ancestor(index), `is ${describeKind(found)}, not a folder`);
    if (!found) return undefined;
    at = join(at, step);
    found = await statIfExists(lstat(at, { bigint: true }));
    if (found?.isSymbolicLink())
      throw unsafePathError(path.ancestor(index + 1), 'is a link, and links in a project are not followed');
  }
  return found;
}

/** The properties of a file; undefined if there is none. @throws CliError, verification failed, if it is not a file */
export async function inspectFile(path: SafePath): Promise<BigIntStats | undefined> {
  const found = await inspectPath(path);
  if (found && !found.isFile()) throw unsafePathError(path, `is ${describeKind(found)}, not a file`);
  return found;
}

/** Whether there is a folder. @throws CliError, verification failed, if there is something else */
export async function isFolder(path: SafePath): Promise<boolean> {
  const found = await inspectPath(path);
  if (found && !found.isDirectory()) throw unsafePathError(path, `is ${describeKind(found)}, not a folder`);
  return found !== undefined;
}

/** Without a hint: the user must examine that path first. */
export function unsafePathError({ display: shown }: SafePath, what: string, cause?: unknown): CliError {
  const message = `${shown} ${what}: nothing was read or written through it`;
  return new CliError(message, { code: unsafePathCode, exitCode: ExitCode.verification, cause });
}

export function isUnsafePath(error: unknown): error is CliError {
  return error instanceof CliError && error.code === unsafePathCode;
}

export function describeKind(
  found: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>,
): string {
  if (found.isFile()) return 'a file';
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a link';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

async function statIfExists(facts: Promise<BigIntStats>): Promise<BigIntStats | undefined> {
  try {
    return await facts;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

export function hasErrorCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
