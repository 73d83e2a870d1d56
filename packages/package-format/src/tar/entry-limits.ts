import { packageLimits } from '../package-limits.js';
import { InvalidPackage } from '../invalid-package.js';
import type { TarEntry } from './tar-entries.js';
import { entryError } from './tar-header.js';

/** Counts entries and bytes by their headers, so that an archive over a cap is refused before its bytes are read. */
export class EntryLimits {
  private entries = 0;
  private bytes = 0;

  add({ path, size }: TarEntry): void {
    this.entries += 1;
    this.bytes += size;
    if (this.entries > packageLimits.entries)
      throw new InvalidPackage(`tar: there are over ${packageLimits.entries} entries`);
    if (size > packageLimits.fileBytes) throw entryError(path, 'is over 10 MiB');
    if (this.bytes > packageLimits.allFilesBytes) throw entryError(path, 'brings all files together over 50 MiB');
  }
}
