import type { ListedObject, ListOptions, ObjectPage, StoredObject } from '../object-storage.js';
import type { ObjectFolder } from './object-folder.js';

/** Walks the folder in the order in which an object store lists its keys. */
export async function listObjects(
  folder: ObjectFolder,
  prefix: string,
  { limit, cursor }: ListOptions,
  head: (key: string) => Promise<StoredObject | null>,
): Promise<ObjectPage> {
  const objects: ListedObject[] = [];
  for await (const key of keysIn(folder, '', { prefix, after: cursor ?? '' })) {
    const last = objects.at(-1);
    if (last && objects.length >= limit) return { objects, cursor: last.key };
    const object = await head(key);
    // Null where it was deleted since its folder was read.
    if (object) objects.push({ key, size: object.size, lastModified: object.lastModified });
  }
  return { objects, cursor: null };
}

interface KeyRange {
  readonly prefix: string;
  readonly after: string;
}

async function* keysIn(folder: ObjectFolder, path: string, range: KeyRange): AsyncGenerator<string> {
  const entries = (await folder.entries(path)).map((name) => `${path}${name}`);
  for (const entry of entries.sort(byBytes)) {
    if (entry.endsWith('/')) {
      if (canContain(entry, range)) yield* keysIn(folder, entry, range);
    } else if (entry.startsWith(range.prefix) && byBytes(entry, range.after) > 0) {
      yield entry;
    }
  }
}

/** Whether a folder can hold wanted keys: it lies on the way to the prefix, and does not end before the cursor. */
function canContain(path: string, { prefix, after }: KeyRange): boolean {
  const isOnPath = path.startsWith(prefix) || prefix.startsWith(path);
  return isOnPath && (after.startsWith(path) || byBytes(path, after) > 0);
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
