import type { ClientBase } from 'pg';
import { newestMigration, primaryState } from './replicas.queries.js';

interface PrimaryRow {
  readonly database: string;
  readonly position: string;
  readonly timeline: number;
}

/** The primary as it was a moment ago. */
export interface PrimaryState extends Omit<PrimaryRow, 'position'> {
  readonly position: bigint;
  /** Number of the newest one. */
  readonly migration: number | null;
}

interface Sample {
  /** On the clock of `performance.now`, before the primary was asked. */
  readonly at: number;
  readonly position: bigint;
}

/** More would be older than any lag that may be permitted. */
const maxSamples = 1_300;

/**
 * Where the write-ahead log of the primary was, and when. A replica that has replayed a position holds everything that
 * was acknowledged before the primary was asked for it; no clock of a server is compared with another.
 */
export class PrimaryPositions {
  private samples: Sample[] = [];
  private latest: PrimaryState | undefined;

  /** Undefined until the first sample. */
  get state(): PrimaryState | undefined {
    return this.latest;
  }

  async sample(client: ClientBase): Promise<void> {
    const at = performance.now();
    const { rows: states } = await client.query<PrimaryRow>(primaryState);
    const { rows: migrations } = await client.query<{ id: number | null }>(newestMigration);
    const [row] = states;
    if (!row) return;
    const state = { ...row, position: BigInt(row.position), migration: migrations[0]?.id ?? null };
    // Positions of another timeline say nothing of this one.
    if (state.timeline !== this.latest?.timeline || state.database !== this.latest.database) this.samples = [];
    this.latest = state;
    this.samples.push({ at, position: state.position });
    if (this.samples.length > maxSamples) this.samples.shift();
  }

  /** The time of the oldest sample; a replica may have replayed no sample because all of them are new. */
  get knownSince(): number {
    return this.samples[0]?.at ?? Infinity;
  }

  /** Everything acknowledged before this moment is visible where the position has been replayed. */
  currentAt(position: bigint): number {
    return this.samples.findLast((sample) => sample.position <= position)?.at ?? -Infinity;
  }
}
