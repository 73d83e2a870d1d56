import { InvalidPackage, quote } from '../invalid-package.js';
import { foldPath } from './entry-name.js';
import { entryError } from './tar-header.js';
import type { TarEntry } from './tar-entries.js';

/** Checks that no two entries have the same path, and no file is the folder of another entry. */
export class EntryPaths {
  private readonly byFold = new Map<string, TarEntry>();

  add(entry: TarEntry): void {
    const fold = foldPath(entry.path);
    const other = this.byFold.get(fold);
    if (other?.path === entry.path) throw entryError(entry.path || './', 'is there twice');
    if (other)
      throw entryError(entry.path, `is the same path as ${quote(other.path)} where case or Unicode form do not count`);
    this.byFold.set(fold, entry);
  }

  /** Sorted with a slash at the end, everything below a path follows it at once. */
  assertNoFileIsFolder(): void {
    const sorted = [...this.byFold].map(([fold, entry]) => ({ prefix: `${fold}/`, entry }));
    sorted.sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
    for (const [index, { prefix, entry }] of sorted.entries()) {
      const next = sorted[index + 1];
      if (entry.kind === 'file' && next?.prefix.startsWith(prefix)) {
        throw new InvalidPackage(
          `tar: entry ${quote(entry.path)} is a file and also the folder of ${quote(next.entry.path)}`,
        );
      }
    }
  }
}
