import { constants, type Dirent, type ReadStream } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { ToolFailure } from '../failure.js';
import { examine, examineFile, hasCode, isFolder, unsafePath } from './examine-path.js';
import type { NamedPath } from './named-path.js';

// O_NONBLOCK: a pipe that has taken the place of a file must not be waited for.
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file's bytes; undefined if there is none. @throws ToolFailure where the path is not safe */
export async function readIfThere(path: NamedPath): Promise<Buffer | undefined> {
  await using handle = await openIfThere(path);
  return await handle?.readFile();
}

/** A file's bytes. @throws ToolFailure where there is none, or the path is not safe */
export async function readBytes(path: NamedPath): Promise<Buffer> {
  await using handle = await openFile(path);
  return await handle.readFile();
}

/** As readBytes, chunk for chunk. */
export async function streamFile(path: NamedPath): Promise<ReadStream> {
  return (await openFile(path)).createReadStream();
}

/** The entries of a folder; none if there is none. @throws ToolFailure where the path is not safe */
export async function listFolder(path: NamedPath): Promise<Dirent[]> {
  return (await isFolder(path)) ? await readdir(path.absolute, { withFileTypes: true }) : [];
}

/** What the user named outside of the project may be a link, a pipe or a device: it is opened as it is. */
export async function openIfThere(path: NamedPath): Promise<FileHandle | undefined> {
  if (path.isTrusted) return await openPlainly(path);
  if (!(await examineFile(path))) return undefined;
  const handle = await openUnfollowed(path);
  try {
    await expectAt(path, handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @throws ToolFailure where the path does not lead to what was opened: a link or another file took its place */
export async function expectAt(path: NamedPath, handle: FileHandle): Promise<void> {
  const [found, opened] = [await examine(path), await handle.stat({ bigint: true })];
  if (found?.ino === opened.ino && found.dev === opened.dev && opened.isFile()) return;
  throw unsafePath(path, 'was replaced at this moment');
}

async function openFile(path: NamedPath): Promise<FileHandle> {
  const handle = await openIfThere(path);
  if (handle) return handle;
  throw new ToolFailure(`there is no file ${path.shown}`, { code: 'NO_FILE' });
}

async function openPlainly({ absolute }: NamedPath): Promise<FileHandle | undefined> {
  try {
    return await open(absolute);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function openUnfollowed(path: NamedPath): Promise<FileHandle> {
  try {
    return await open(path.absolute, READ_ONLY);
  } catch (error) {
    throw hasCode(error, 'ELOOP') ? unsafePath(path, 'was replaced by a link at this moment', error) : error;
  }
}
