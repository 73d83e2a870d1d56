import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { Refusal } from '@promptyard/import/source.js';
import { ApiError } from '../api/api-error.js';
import { ExitCode, toolFailureOf } from '../cli-error.js';
import type { Output } from '../terminal/output.js';
import { formatCount } from '../terminal/format-quantities.js';
import { safeLine } from '../terminal/safe-text.js';

export type Outcome = 'made' | 'changed' | 'unchanged';

/** The results of an import, for people and for scripts. */
export class ImportReport {
  private readonly counts: Record<Outcome, number> = { made: 0, changed: 0, unchanged: 0 };
  private readonly refused: Refusal[] = [];
  private readonly notes: Refusal[] = [];

  constructor(
    readonly source: string,
    readonly owner: string,
    /** The counted unit: `prompt` or `package`. */
    private readonly noun: string,
  ) {}

  add(outcome: Outcome): void {
    this.counts[outcome] += 1;
  }

  /** A refused item does not end the run. */
  addRefusal(item: string, reason: string): void {
    this.refused.push({ item, reason });
  }

  /** Records a difference to the source. */
  addDifference(item: string, reason: string): void {
    this.notes.push({ item, reason });
  }

  /**
   * Runs the work on one item, and records its outcome or the reason of its refusal. @throws errors that concern all
   * items: an unreachable server, an invalid token
   */
  async track(item: string, work: () => Promise<Outcome>): Promise<void> {
    try {
      this.add(await work());
    } catch (error) {
      const reason = refusalReasonOf(error);
      if (reason === undefined || isFatal(error)) throw error;
      this.addRefusal(item, reason);
    }
  }

  /** Writes it, and sets the exit code. */
  write(output: Output): void {
    const { made, changed, unchanged } = this.counts;
    if (this.refused.length > 0) output.exitCode = ExitCode.failed;
    output.result(
      {
        source: this.source,
        owner: this.owner,
        made,
        changed,
        unchanged,
        refused: this.refused,
        differences: this.notes,
      },
      () => [
        `${formatCount(made, this.noun)} made, ${changed} changed, ${unchanged} unchanged, ${this.refused.length} refused.`,
        ...this.notes.map((note) => `differs: ${formatRefusal(note)}`),
        ...this.refused.map((refusal) => `refused: ${formatRefusal(refusal)}`),
      ],
    );
  }
}

function formatRefusal({ item, reason }: Refusal): string {
  return safeLine(`${item}: ${reason}`);
}

/** Undefined for a bug, which is not a problem of the item. */
export function refusalReasonOf(error: unknown): string | undefined {
  if (error instanceof InvalidPackage) return error.reason;
  const failure = toolFailureOf(error);
  return failure && [failure.message, ...failure.details].join('; ');
}

export function isFatal(error: unknown): boolean {
  if (toolFailureOf(error)?.exitCode === ExitCode.unreachable) return true;
  return error instanceof ApiError && error.status === 401;
}
