import type { ExportedLabel } from '@promptyard/import/archive/archive-format.js';
import type { ApiClient } from '../../api/api-client.js';
import { Label, LabelList } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { isFatal, refusalReasonOf } from '../import-report.js';
import { movesOf } from './export-prompt.js';

interface Move {
  readonly label: string;
  readonly to: number | null;
  readonly at: string;
}

type Numbers = ReadonlyMap<number, number>;

/** Repeats the moves of labels in their original order, between the revisions, so that their history is the same. */
export class LabelReplay {
  private moves: Move[];

  constructor(
    private readonly api: ApiClient,
    private readonly owner: string,
    private readonly labels: readonly ExportedLabel[],
  ) {
    this.moves = pendingMoves(labels, () => 0);
  }

  /** Skips the moves that an earlier run has already made. */
  async readExisting(name: string): Promise<void> {
    const existing = new Map<string, number>();
    for (const { label } of this.labels) {
      const moves = await movesOf(this.api, path`/v1/prompts/${this.owner}/${name}`, label);
      existing.set(label, moves.length);
    }
    this.moves = pendingMoves(this.labels, (label) => existing.get(label) ?? 0);
  }

  /** Makes the moves before a time, or all, as far as their revisions exist. Returns whether a label was moved. */
  async replay(name: string, numbers: Numbers, before?: string): Promise<boolean> {
    let isMoved = false;
    for (let [next] = this.moves; next; [next] = this.moves) {
      const revision = next.to === null ? null : numbers.get(next.to);
      const isDue = before === undefined || Date.parse(next.at) < Date.parse(before);
      if (revision === undefined || !isDue) break;
      await this.move(name, next.label, revision);
      this.moves.shift();
      isMoved = true;
    }
    return isMoved;
  }

  /** Makes the remaining moves, then protects labels: protection would also refuse the importing user. */
  async applyFinalState(name: string, numbers: Numbers, differ: (reason: string) => void): Promise<boolean> {
    if (this.labels.length === 0) return false;
    const { items } = await this.api.get(LabelList, path`/v1/prompts/${this.owner}/${name}/labels`);
    let isChanged = false;
    for (const label of this.labels) {
      const here = items.find((item) => item.label === label.label);
      try {
        if (await this.applyLabel(name, label, here, numbers)) isChanged = true;
      } catch (error) {
        const reason = refusalReasonOf(error);
        if (reason === undefined || isFatal(error)) throw error;
        differ(`label ${label.label}: ${reason}`);
      }
    }
    return isChanged;
  }

  private async applyLabel(name: string, wanted: ExportedLabel, here: Label | undefined, numbers: Numbers) {
    const { label, writers } = wanted;
    const revision = wanted.revision === null ? undefined : numbers.get(wanted.revision);
    const isMoved = revision !== undefined && here?.revision !== revision;
    if (isMoved) await this.move(name, label, revision);
    const isNewlyProtected = wanted.protected && !(here?.protected && hasSameMembers(here.writers, writers));
    if (isNewlyProtected) {
      const at = path`/v1/prompts/${this.owner}/${name}/labels/${label}/protection`;
      await this.api.send(Label, 'PUT', at, { body: { writers } });
    }
    return isMoved || isNewlyProtected;
  }

  /** The server ignores a move to the present target. It moves production itself in some cases. */
  private async move(name: string, label: string, revision: number | null): Promise<void> {
    const at = path`/v1/prompts/${this.owner}/${name}/labels/${label}`;
    await (revision === null ? this.api.execute('DELETE', at) : this.api.execute('PUT', at, { body: { revision } }));
  }
}

/** In the order of their times, without the moves that are made already. */
function pendingMoves(labels: readonly ExportedLabel[], countExisting: (label: string) => number): Move[] {
  const moves = labels.flatMap(({ label, moves: all }) =>
    all.slice(countExisting(label)).map(({ to_revision, moved_at }) => ({ label, to: to_revision, at: moved_at })),
  );
  return moves.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function hasSameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((writer) => other.includes(writer));
}
