import type { PooledOrmConnection } from '../connections/postgres-connection.js';
import type { OutageLogger } from '../outage-logger.js';

/** Why a replica is not read. It names no host, so that it may be shown to all. */
export type ReplicaProblem =
  | 'not checked yet'
  | 'does not answer'
  | 'too far behind'
  | 'not a standby'
  | 'of another database'
  | 'of another primary'
  | 'of another version';

export interface ReplicaOptions {
  /** Its place in the setting, from 1. */
  readonly number: number;
  readonly connection: PooledOrmConnection;
  readonly maxLagMs: number;
  readonly outages: OutageLogger;
}

/** A streaming replica of the primary: whether it may be read, and how far behind it may be. */
export class Replica {
  readonly number: number;
  readonly connection: PooledOrmConnection;
  /** Statements that it has answered, and those that had to be repeated on the primary. */
  readonly counts = { answered: 0, repeated: 0 };
  private currentProblem: ReplicaProblem | undefined = 'not checked yet';
  /** Everything that was committed on the primary before this moment is known to be visible here. */
  private currentAt = -Infinity;
  private readonly maxLagMs: number;
  private readonly outages: OutageLogger;
  /** What the log says while it is not read. */
  private readonly failure: string;

  constructor({ number, connection, maxLagMs, outages }: ReplicaOptions) {
    this.number = number;
    this.connection = connection;
    this.maxLagMs = maxLagMs;
    this.outages = outages;
    const { host, port, database } = connection.connections.options;
    this.failure = `could not read from the replica ${host}:${port || 5432}/${database}`;
    connection.connections.onParameterStatus((name, value) => {
      // PostgreSQL reports its promotion before it ends the answer to the statement that runs.
      if (name === 'in_hot_standby' && value === 'off') this.drop('not a standby');
    });
  }

  /** Undefined while it is read. */
  get problem(): ReplicaProblem | undefined {
    return this.currentProblem ?? (this.lagMs > this.maxLagMs ? 'too far behind' : undefined);
  }

  /** Milliseconds that it is behind at most; Infinity if that is not known. */
  get lagMs(): number {
    return performance.now() - this.currentAt;
  }

  /**
   * Notes that everything committed before that moment is visible here. A replica that lagged must have caught up.
   * @param knownSince since when the positions of the primary are known
   */
  accept(currentAt: number, knownSince: number): void {
    if (currentAt === -Infinity && performance.now() - knownSince < this.maxLagMs) return;
    this.currentAt = Math.max(this.currentAt, currentAt);
    const limit = this.currentProblem === undefined ? this.maxLagMs : this.maxLagMs / 2;
    if (this.lagMs > limit) {
      this.leaveOut('too far behind', this.lagMs === Infinity ? undefined : `by ${Math.round(this.lagMs / 1_000)} s`);
      return;
    }
    this.currentProblem = undefined;
    this.outages.recordSuccess(this.failure);
  }

  /** Reads nothing from it until the next check that succeeds. @param detail for the log only */
  leaveOut(problem: ReplicaProblem, detail?: string): void {
    this.currentProblem = problem;
    // A text, because an error would count as one of the primary.
    this.outages.recordFailure(this.failure, detail === undefined ? problem : `${problem}: ${detail}`);
  }

  /** The same, and ends the statements that wait for its answer. */
  drop(problem: ReplicaProblem, detail?: string): void {
    this.leaveOut(problem, detail);
    this.connection.connections.disconnect();
  }
}
