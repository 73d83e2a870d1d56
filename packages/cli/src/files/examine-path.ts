import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ToolFailure } from '../failure.js';
import type { NamedPath } from './named-path.js';

const UNSAFE = 'UNSAFE_PATH';

/**
 * What stands at a path, undefined for nothing. Each step is looked at without following it. Node cannot open a file relative
 * to an open folder: who can change the project's folders between this look and the use is not kept out by it.
 * @throws ToolFailure, verification failed, where a step is a link, or not a folder
 */
export async function examine(path: NamedPath): Promise<BigIntStats | undefined> {
  let found = await ifThere(stat(path.root, { bigint: true }));
  let at = path.root;
  for (const [index, step] of path.steps.entries()) {
    if (found && !found.isDirectory()) throw unsafePath(path.upTo(index), `is ${kindOf(found)}, not a folder`);
    if (!found) return undefined;
    at = join(at, step);
    found = await ifThere(lstat(at, { bigint: true }));
    if (found?.isSymbolicLink())
      throw unsafePath(path.upTo(index + 1), 'is a link, and links in a project are not followed');
  }
  return found;
}

/** A file's facts, undefined for nothing. @throws ToolFailure, verification failed, where something else stands there */
export async function examineFile(path: NamedPath): Promise<BigIntStats | undefined> {
  const found = await examine(path);
  if (found && !found.isFile()) throw unsafePath(path, `is ${kindOf(found)}, not a file`);
  return found;
}

/** Whether there is a folder; false for nothing. @throws ToolFailure, verification failed, for something else */
export async function isFolder(path: NamedPath): Promise<boolean> {
  const found = await examine(path);
  if (found && !found.isDirectory()) throw unsafePath(path, `is ${kindOf(found)}, not a folder`);
  return found !== undefined;
}

/** One line, without a hint: whoever reads it has to look at that path first. */
export function unsafePath({ shown }: NamedPath, what: string, cause?: unknown): ToolFailure {
  const message = `${shown} ${what}: nothing was read or written through it`;
  return new ToolFailure(message, { code: UNSAFE, exitCode: ExitCode.verification, cause });
}

export function isUnsafePath(error: unknown): error is ToolFailure {
  return error instanceof ToolFailure && error.code === UNSAFE;
}

export function kindOf(
  found: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>,
): string {
  if (found.isFile()) return 'a file';
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a link';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

async function ifThere(facts: Promise<BigIntStats>): Promise<BigIntStats | undefined> {
  try {
    return await facts;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
