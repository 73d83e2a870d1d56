import type { Problem } from './problem.js';

/** A folder or a .tar.gz that may be a package. */
export interface PackageCandidate {
  /** As the user wrote it. */
  readonly path: string;
  /** The .tar.gz: the file itself, or what the folder packs to; missing where there are problems already. */
  readonly archive?: Buffer;
  /** Texts of prompt.yaml and prompt.md, as far as they could be read. */
  readonly manifest?: string;
  readonly template?: string;
  readonly problems: readonly Problem[];
  /** What of the folder is not packed. */
  readonly excluded: readonly string[];
}
