import type { Problem } from './problem.js';

/** A folder or a .tar.gz that may be a package. */
export interface PackageCandidate {
  /** As the user wrote it. */
  readonly path: string;
  /** The .tar.gz file, or the packed folder; missing if there are problems already. */
  readonly archive?: Buffer;
  /** Texts of prompt.yaml and prompt.md, as far as they could be read. */
  readonly manifest?: string;
  readonly template?: string;
  readonly problems: readonly Problem[];
  /** The excluded paths of the folder. */
  readonly excluded: readonly string[];
}
