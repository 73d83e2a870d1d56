import { postgresProcessesIn, signalProcess } from './process-identity.js';

const GRACE_MS = 1_500;

/**
 * What outlives a killed postmaster: backends that end by themselves once they look up from their work, which a long
 * query may not do for minutes. They write to the cluster's memory, so PostgreSQL does not start beside them.
 */
export class OldBackends {
  readonly #folder: string;
  #seen: { pids: Set<number>; at: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Called each time PostgreSQL refuses to start because of them. It ends those that were there at the first refusal
   * and still are: never a process of a server that another Promptyard has started meanwhile. What they had not
   * committed is rolled back, as the death of the postmaster has decided already.
   */
  endThoseThatStay(): void {
    const pids = postgresProcessesIn(this.#folder);
    this.#seen ??= { pids: new Set(pids), at: Date.now() };
    if (Date.now() - this.#seen.at < GRACE_MS) return;
    for (const pid of pids.filter((candidate) => this.#seen?.pids.has(candidate))) signalProcess(pid, 'SIGKILL');
  }
}
