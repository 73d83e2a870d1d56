import { constants, type Dirent, type ReadStream } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { inspectPath, inspectFile, hasErrorCode, isFolder, unsafePathError } from './inspect-path.js';
import type { SafePath } from './safe-path.js';

// O_NONBLOCK: a pipe that has taken the place of a file must not be waited for.
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file's bytes; undefined if there is none. @throws CliError where the path is not safe */
export async function readFileIfExists(path: SafePath): Promise<Buffer | undefined> {
  await using handle = await openFileIfExists(path);
  return await handle?.readFile();
}

/** A file's bytes. @throws CliError where there is none, or the path is not safe */
export async function readBytes(path: SafePath): Promise<Buffer> {
  await using handle = await openFile(path);
  return await handle.readFile();
}

/** As readBytes, chunk for chunk. */
export async function streamFile(path: SafePath): Promise<ReadStream> {
  return (await openFile(path)).createReadStream();
}

/** The entries of a folder; none if there is none. @throws CliError where the path is not safe */
export async function listFolder(path: SafePath): Promise<Dirent[]> {
  return (await isFolder(path)) ? await readdir(path.absolute, { withFileTypes: true }) : [];
}

/** What the user named outside of the project may be a link, a pipe or a device: it is opened as it is. */
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

/** @throws CliError where the path does not lead to what was opened: a link or another file took its place */
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
    return await open(path.absolute, READ_ONLY);
  } catch (error) {
    throw hasErrorCode(error, 'ELOOP') ? unsafePathError(path, 'was replaced by a link at this moment', error) : error;
  }
}
