import { constants, type Dirent, type ReadStream } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { inspectPath, inspectFile, hasErrorCode, isFolder, unsafePathError } from './inspect-path.js';
import type { SafePath } from './safe-path.js';

// O_NONBLOCK: opening must not wait if a pipe has replaced the file.
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file's bytes; undefined if there is no file. @throws CliError if the path is not safe */
export async function readFileIfExists(path: SafePath): Promise<Buffer | undefined> {
  await using handle = await openFileIfExists(path);
  return await handle?.readFile();
}

/** A file's bytes. @throws CliError if there is no file, or the path is not safe */
export async function readBytes(path: SafePath): Promise<Buffer> {
  await using handle = await openFile(path);
  return await handle.readFile();
}

/** Like readBytes, as a stream. */
export async function streamFile(path: SafePath): Promise<ReadStream> {
  return (await openFile(path)).createReadStream();
}

/** The entries of a folder; empty if there is no folder. @throws CliError if the path is not safe */
export async function listFolder(path: SafePath): Promise<Dirent[]> {
  return (await isFolder(path)) ? await readdir(path.absolute, { withFileTypes: true }) : [];
}

/** A path that the user gave outside of the project may be a link, a pipe or a device. */
export async function openFileIfExists(path: SafePath): Promise<FileHandle | undefined> {
  if (path.isTrusted) return await openFollowingLinks(path);
  if (!(await inspectFile(path))) return undefined;
  const handle = await openWithoutLinks(path);
  try {
    await assertSameFile(path, handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @throws CliError if the open file is not the file at the path: a link or another file has replaced it */
export async function assertSameFile(path: SafePath, handle: FileHandle): Promise<void> {
  const [found, opened] = [await inspectPath(path), await handle.stat({ bigint: true })];
  if (found?.ino === opened.ino && found.dev === opened.dev && opened.isFile()) return;
  throw unsafePathError(path, 'was replaced at this moment');
}

async function openFile(path: SafePath): Promise<FileHandle> {
  const handle = await openFileIfExists(path);
  if (handle) return handle;
  throw new CliError(`there is no file ${path.display}`, { code: 'NO_FILE' });
}

async function openFollowingLinks({ absolute }: SafePath): Promise<FileHandle | undefined> {
  try {
    return await open(absolute);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function openWithoutLinks(path: SafePath): Promise<FileHandle> {
  try {
    return await open(path.absolute, readOnly);
  } catch (error) {
    throw hasErrorCode(error, 'ELOOP') ? unsafePathError(path, 'was replaced by a link at this moment', error) : error;
  }
}
