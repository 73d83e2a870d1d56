import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileDigests } from '../lock/lock-file.js';

/** Stands for what is no file, and equals no digest. */
const NO_FILE = 'not a file';

/** Digests of all files below a folder, hidden ones too; undefined if there is none. Links are not followed. */
export async function digestFolder(folder: string): Promise<FileDigests | undefined> {
  const found = await lstat(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return undefined;
  if (!found.isDirectory()) return { '': NO_FILE };
  const digests: [path: string, digest: string][] = [];
  const folders = [''];
  for (let parent = folders.pop(); parent !== undefined; parent = folders.pop()) {
    for (const entry of await readdir(join(folder, parent), { withFileTypes: true })) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else digests.push([path, entry.isFile() ? await digestFile(join(folder, path)) : NO_FILE]);
    }
  }
  return Object.fromEntries(digests);
}

async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  const chunks: AsyncIterable<Buffer> = createReadStream(file);
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
