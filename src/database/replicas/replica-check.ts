import type { ClientBase } from 'pg';
import type { PrimaryPositions, PrimaryState } from './primary-positions.js';
import type { Replica, ReplicaProblem } from './replica.js';
import { newestMigration, replicaState } from './replicas.queries.js';

interface ReplicaRow {
  readonly isStandby: boolean;
  readonly database: string;
  /** Null on a server that was never a standby. */
  readonly position: string | null;
  /** Null where it may not be seen, and while nothing is received. */
  readonly receivedTimeline: number | null;
  readonly replayedTimeline: number;
}

/** Decides whether a replica may be read, and how current it is. @throws Error of the driver */
export async function checkReplica(replica: Replica, client: ClientBase, primary: PrimaryPositions): Promise<void> {
  const [row] = (await client.query<ReplicaRow>(replicaState)).rows;
  const { state } = primary;
  if (!row || !state) return;
  const problem = problemOf(row, state);
  if (problem !== undefined) return replica.drop(problem);
  const [migration] = (await client.query<{ id: number | null }>(newestMigration)).rows;
  if (migration?.id !== state.migration) return replica.leaveOut('of another version');
  replica.accept(primary.currentAt(BigInt(row.position ?? 0)), primary.knownSince);
}

function problemOf(replica: ReplicaRow, primary: PrimaryState): ReplicaProblem | undefined {
  const { isStandby, database, receivedTimeline, replayedTimeline } = replica;
  if (database !== primary.database) return 'of another database';
  if (!isStandby) return 'not a standby';
  // A server that was promoted begins a timeline with a higher number, which its replicas follow.
  const isOther = replayedTimeline > primary.timeline || (receivedTimeline ?? primary.timeline) !== primary.timeline;
  return isOther ? 'of another primary' : undefined;
}
