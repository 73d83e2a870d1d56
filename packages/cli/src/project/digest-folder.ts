import { createHash } from 'node:crypto';
import { inspectPath, isUnsafePath } from '../files/inspect-path.js';
import type { SafePath } from '../files/safe-path.js';
import { listFolder, streamFile } from '../files/read-files.js';
import type { FileDigests } from '../lock/lock-file.js';

/** Replaces the digest of entries that are no files; it equals no digest. */
const notAFile = 'not a file';

/** Digests of all files below a folder, hidden ones too; undefined if the folder is missing. Links are not followed. */
export async function digestFolder(folder: SafePath): Promise<FileDigests | undefined> {
  const found = await inspectPath(folder);
  if (!found) return undefined;
  if (!found.isDirectory()) return { '': notAFile };
  const digests: [path: string, digest: string][] = [];
  const folders = [''];
  for (let parent = folders.pop(); parent !== undefined; parent = folders.pop()) {
    for (const entry of await listFolder(parent === '' ? folder : folder.child(...parent.split('/')))) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else digests.push([path, entry.isFile() ? await digestFile(folder.child(...path.split('/'))) : notAFile]);
    }
  }
  return Object.fromEntries(digests);
}

async function digestFile(file: SafePath): Promise<string> {
  const hash = createHash('sha256');
  try {
    const chunks: AsyncIterable<Buffer> = await streamFile(file);
    for await (const chunk of chunks) hash.update(chunk);
  } catch (error) {
    if (isUnsafePath(error)) return notAFile;
    throw error;
  }
  return hash.digest('hex');
}
