import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inspectPath, inspectFile, hasErrorCode, isFolder, unsafePathError } from './inspect-path.js';
import { SafePath } from './safe-path.js';
import { assertSameFile } from './read-files.js';

/** Creates a folder and its missing parents. @throws CliError if the path is not safe */
export async function createFolder(path: SafePath, mode = 0o777): Promise<void> {
  await inspectPath(path);
  await mkdir(path.root, { recursive: true, mode });
  for (let count = 1; count <= path.steps.length; count += 1) {
    const step = path.ancestor(count);
    if (!(await isFolder(step))) await mkdir(step.absolute, { mode }).catch(ignoreIfExists);
    await isFolder(step);
  }
}

/** Writes a new file. @throws EEXIST if it exists, CliError if the path is not safe */
export async function writeNewFile(path: SafePath, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await using handle = await createFile(path, mode);
  await handle.writeFile(content);
}

/** Replaces a file atomically: readers see the old content or the new one, also after a kill. */
export async function replaceFile(path: SafePath, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await replaceFileWith(path, mode, (handle) => handle.writeFile(content));
}

/**
 * Like replaceFile, with a function that writes the new file. The old file is not written, because it may have other
 * hard links. A pipe or a device that the user gave outside of the project is written directly.
 */
export async function replaceFileWith<T>(
  path: SafePath,
  mode: number,
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const target = path.isTrusted ? await resolveLink(path) : path;
  if (target === undefined) {
    await using handle = await open(path.absolute, 'w');
    return await write(handle);
  }
  await inspectFile(target);
  const draft = temporaryPathOf(target);
  try {
    const result = await writeTemporary(draft, mode, write);
    await moveTo(draft, target);
    return result;
  } finally {
    await rm(draft.absolute, { force: true });
  }
}

/** Moves a file or folder. @throws ENOENT, CliError if one of the paths is not safe */
export async function move(from: SafePath, to: SafePath): Promise<void> {
  await inspectPath(from);
  await moveTo(from, to);
}

/** Removes a file or folder recursively. Links below it are removed, not followed. */
export async function removeTree(path: SafePath): Promise<void> {
  if (await inspectPath(path)) await rm(path.absolute, { recursive: true, force: true });
}

/** Other processes may use it, or it may be missing. */
export async function removeIfEmpty(path: SafePath): Promise<void> {
  if (await isFolder(path)) await rmdir(path.absolute).catch(() => undefined);
}

async function moveTo(from: SafePath, to: SafePath): Promise<void> {
  await inspectPath(to);
  await rename(from.absolute, to.absolute);
}

async function createFile(path: SafePath, mode: number): Promise<FileHandle> {
  await inspectPath(path);
  const handle = await open(path.absolute, 'wx', mode); // follows no link
  try {
    await assertSameFile(path, handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeTemporary<T>(draft: SafePath, mode: number, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  await using handle = await createFile(draft, mode);
  return await write(handle);
}

/** The target of a link that the user gave; undefined for a pipe or a device. */
async function resolveLink(path: SafePath): Promise<SafePath | undefined> {
  const found = await stat(path.absolute).catch(() => undefined);
  if (!found) return path;
  if (found.isDirectory()) throw unsafePathError(path, 'is a folder, not a file');
  return found.isFile() ? SafePath.fromArgument(await realpath(path.absolute)) : undefined;
}

/** In the same folder, so that it can be renamed. */
function temporaryPathOf(path: SafePath): SafePath {
  const id = randomUUID();
  return path.isTrusted
    ? SafePath.fromArgument(`${path.absolute}.${id}`)
    : path.sibling(`${basename(path.absolute)}.${id}`);
}

function ignoreIfExists(error: unknown): void {
  if (!hasErrorCode(error, 'EEXIST')) throw error;
}
