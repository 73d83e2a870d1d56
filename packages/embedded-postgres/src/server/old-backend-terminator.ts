import { postgresProcessesIn, signalProcess } from './process-identity.js';

const graceMs = 1_500;

/**
 * Terminates backends that outlive a killed postmaster. They end by themselves, but not before a long query is done.
 * They use the shared memory of the cluster, so that PostgreSQL refuses to start beside them.
 */
export class OldBackendTerminator {
  private readonly folder: string;
  firstSeen: { pids: Set<number>; at: number } | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Called each time PostgreSQL refuses to start because of them. Kills those that were running at the first refusal
   * and still are, so that it never kills a process of a server that another Promptyard has started meanwhile. Their
   * uncommitted transactions are rolled back, as they would be anyway.
   */
  terminateRemaining(): void {
    const pids = postgresProcessesIn(this.folder);
    this.firstSeen ??= { pids: new Set(pids), at: Date.now() };
    if (Date.now() - this.firstSeen.at < graceMs) return;
    for (const pid of pids.filter((candidate) => this.firstSeen?.pids.has(candidate))) signalProcess(pid, 'SIGKILL');
  }
}
