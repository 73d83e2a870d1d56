import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { Refusal } from '@promptyard/import/source.js';
import { ApiError } from '../api/api-error.js';
import { ExitCode, toolFailureOf } from '../cli-error.js';
import type { Output } from '../terminal/output.js';
import { formatCount } from '../terminal/format-quantities.js';
import { safeLine } from '../terminal/safe-text.js';

export type Outcome = 'made' | 'changed' | 'unchanged';

/** What an import did, for people and for scripts. */
export class ImportReport {
  private readonly counts: Record<Outcome, number> = { made: 0, changed: 0, unchanged: 0 };
  private readonly refused: Refusal[] = [];
  private readonly notes: Refusal[] = [];

  constructor(
    readonly source: string,
    readonly owner: string,
    /** What is counted: `prompt` or `package`. */
    private readonly noun: string,
  ) {}

  add(outcome: Outcome): void {
    this.counts[outcome] += 1;
  }

  /** One bad item does not end the run. */
  addRefusal(item: string, reason: string): void {
    this.refused.push({ item, reason });
  }

  /** What is there, but not quite as it was. */
  addDifference(item: string, reason: string): void {
    this.notes.push({ item, reason });
  }

  /**
   * Does the work on one item, and keeps its outcome or why it was refused. @throws what would befall all the others too:
   * a server that is gone, a token that is not good
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

/** Nothing for a defect of ours, which is not the item's fault. */
export function refusalReasonOf(error: unknown): string | undefined {
  if (error instanceof InvalidPackage) return error.reason;
  const failure = toolFailureOf(error);
  return failure && [failure.message, ...failure.details].join('; ');
}

export function isFatal(error: unknown): boolean {
  if (toolFailureOf(error)?.exitCode === ExitCode.unreachable) return true;
  return error instanceof ApiError && error.status === 401;
}
