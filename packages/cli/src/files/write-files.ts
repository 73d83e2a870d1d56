import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { examine, examineFile, hasCode, isFolder, unsafePath } from './examine-path.js';
import { NamedPath } from './named-path.js';
import { expectAt } from './read-files.js';

/** Makes a folder and those above it, as far as they are missing. @throws ToolFailure where the path is not safe */
export async function makeFolder(path: NamedPath, mode = 0o777): Promise<void> {
  await examine(path);
  await mkdir(path.root, { recursive: true, mode });
  for (let count = 1; count <= path.steps.length; count += 1) {
    const step = path.upTo(count);
    if (!(await isFolder(step))) await mkdir(step.absolute, { mode }).catch(unlessThere);
    await isFolder(step);
  }
}

/** Writes a file that is not there yet. @throws EEXIST where something is, ToolFailure where the path is not safe */
export async function writeNew(path: NamedPath, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await using handle = await createFile(path, mode);
  await handle.writeFile(content);
}

/** Replaces a file at once: whoever reads it, or a process that is killed, finds the old one or the new one. */
export async function replaceFile(path: NamedPath, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await replaceWith(path, mode, (handle) => handle.writeFile(content));
}

/**
 * As replaceFile, of what `write` puts into the new file. Nothing is written into the old one, which may have other names.
 * A pipe or a device that the user named outside of the project is written to as it is.
 */
export async function replaceWith<T>(
  path: NamedPath,
  mode: number,
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const target = path.isTrusted ? await followed(path) : path;
  if (target === undefined) {
    await using handle = await open(path.absolute, 'w');
    return await write(handle);
  }
  await examineFile(target);
  const draft = draftOf(target);
  try {
    const result = await writeDraft(draft, mode, write);
    await moveTo(draft, target);
    return result;
  } finally {
    await rm(draft.absolute, { force: true });
  }
}

/** Gives what stands at a path another. @throws ENOENT, ToolFailure where one of the paths is not safe */
export async function move(from: NamedPath, to: NamedPath): Promise<void> {
  await examine(from);
  await moveTo(from, to);
}

/** Removes what stands at a path and below it. Links below it are removed, and not followed. */
export async function removeTree(path: NamedPath): Promise<void> {
  if (await examine(path)) await rm(path.absolute, { recursive: true, force: true });
}

/** Others may be at work in it, or it may be gone. */
export async function removeIfEmpty(path: NamedPath): Promise<void> {
  if (await isFolder(path)) await rmdir(path.absolute).catch(() => undefined);
}

async function moveTo(from: NamedPath, to: NamedPath): Promise<void> {
  await examine(to);
  await rename(from.absolute, to.absolute);
}

async function createFile(path: NamedPath, mode: number): Promise<FileHandle> {
  await examine(path);
  const handle = await open(path.absolute, 'wx', mode); // follows no link
  try {
    await expectAt(path, handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeDraft<T>(draft: NamedPath, mode: number, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  await using handle = await createFile(draft, mode);
  return await write(handle);
}

/** Where the user's own link leads to; undefined for a pipe or a device. */
async function followed(path: NamedPath): Promise<NamedPath | undefined> {
  const found = await stat(path.absolute).catch(() => undefined);
  if (!found) return path;
  if (found.isDirectory()) throw unsafePath(path, 'is a folder, not a file');
  return found.isFile() ? NamedPath.named(await realpath(path.absolute)) : undefined;
}

/** In the same folder, so that it can be renamed. */
function draftOf(path: NamedPath): NamedPath {
  const id = randomUUID();
  return path.isTrusted ? NamedPath.named(`${path.absolute}.${id}`) : path.beside(`${basename(path.absolute)}.${id}`);
}

function unlessThere(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
