import { createHash } from 'node:crypto';
import type { ExportedRevision } from '@promptyard/import/archive/archive-format.js';
import type { ApiClient } from '../../api/api-client.js';
import { CliError } from '../../cli-error.js';
import { revisionsOf } from '../target/existing-prompt.js';

/** A revision that the registry has. */
interface ExistingRevision {
  readonly digest: string;
  /** The digest of text and message. It identifies a revision whose other fields differ. */
  readonly textDigest: string;
}

/** Which revision of an archive became which one in the registry. Revisions are matched and added in their order. */
export class RevisionNumbers {
  private readonly existing = new Map<number, ExistingRevision>();
  private readonly numbers = new Map<number, number>();
  private last = 0;

  /** Reads the revisions of an earlier run. */
  async readExisting(api: ApiClient, owner: string, name: string): Promise<void> {
    for await (const revision of revisionsOf(api, owner, name)) {
      this.existing.set(revision.number, { digest: revision.digest, textDigest: textDigestOf(revision) });
    }
  }

  /** By the archive's numbers. */
  get all(): ReadonlyMap<number, number> {
    return this.numbers;
  }

  /** The registry's number of the revision that was matched or added last; 0 before the first. */
  get newest(): number {
    return this.last;
  }

  /**
   * Matches a revision of the archive with the next one of the registry, or with the last one again: the same text twice
   * in a row is one revision when it comes through /v1. Undefined where neither says the same.
   */
  match(revision: ExportedRevision): 'next' | 'repeated' | undefined {
    const next = this.existing.get(this.last + 1);
    if (next && (next.digest === revision.digest || next.textDigest === textDigestOf(revision))) {
      this.assign(revision, this.last + 1);
      return 'next';
    }
    if (this.existing.get(this.last)?.digest !== revision.digest) return undefined;
    this.assign(revision, this.last);
    return 'repeated';
  }

  /** @throws CliError where the registry has another revision in the next one's place */
  assertNextIsFree(): void {
    if (!this.existing.has(this.last + 1)) return;
    throw new CliError(`revision ${this.last + 1} already exists with another content`, { code: 'CONFLICT' });
  }

  /** Notes that the registry has made the revision under this number. */
  add(revision: ExportedRevision, number: number): void {
    this.existing.set(number, { digest: revision.digest, textDigest: '' });
    this.assign(revision, number);
  }

  private assign({ number }: ExportedRevision, assigned: number): void {
    this.numbers.set(number, assigned);
    this.last = assigned;
  }
}

function textDigestOf({ content, commit_message }: Pick<ExportedRevision, 'content' | 'commit_message'>): string {
  return createHash('sha256')
    .update(JSON.stringify([content, commit_message]))
    .digest('hex');
}
