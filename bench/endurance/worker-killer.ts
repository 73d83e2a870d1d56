import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf, childrenOf, ifRunning } from '../environment/process-figures.js';
import type { RequestResult } from '../load/keep-alive-connection.js';

export interface Kill {
  /** On the clock of `performance.now()`. */
  readonly at: number;
  readonly pid: number;
  /** The client ports of its connections. */
  readonly ports: ReadonlySet<number>;
}

/** The relation of an unanswered request to the kill of a worker. */
export type FailureCause = 'in flight' | 'not seen closed' | 'unexplained';

/** Kills workers of a server, and tells which requests had to fail because of it. */
export class WorkerKiller {
  readonly all: Kill[] = [];
  readonly failures: Record<FailureCause, number> = { 'in flight': 0, 'not seen closed': 0, unexplained: 0 };

  constructor(private readonly serverPid: number) {}

  /** Kills the oldest worker, never the primary process. @throws Error if the previous one was not replaced */
  killOne(): Kill {
    const workers = workersOf(this.serverPid).sort((a, b) => startTimeOf(a) - startTimeOf(b));
    const [pid] = workers;
    if (pid === undefined || workers.length < 2) throw new Error('a worker that was killed has no successor');
    // Stopped first, so that it accepts no connection between the listing of its connections and its end.
    process.kill(pid, 'SIGSTOP');
    try {
      const kill = { pid, ports: clientPortsOf(pid), at: performance.now() };
      this.all.push(kill);
      return kill;
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  }

  /** To be called for every request without a complete answer. */
  explain(ending: RequestResult): FailureCause {
    const cause = this.causeOf(ending);
    this.failures[cause] += 1;
    return cause;
  }

  private causeOf({ connection, sentAt, endedAt }: RequestResult): FailureCause {
    if (!connection || sentAt === undefined) return 'unexplained';
    const kill = this.all.find(
      ({ at, ports }) => connection.openedAt <= at && at <= endedAt && ports.has(connection.localPort),
    );
    if (!kill) return 'unexplained';
    return sentAt <= kill.at ? 'in flight' : 'not seen closed';
  }
}

function workersOf(pid: number): number[] {
  const isWorker = (child: number) =>
    ifRunning(() => readFileSync(`/proc/${child}/cmdline`, 'utf8'))?.includes(join('workers', 'worker.js')) ?? false;
  return childrenOf(pid).filter(isWorker);
}

/** The remote ports of a process's connections. */
function clientPortsOf(pid: number): Set<number> {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set(
    readdirSync(folder).map(
      (fd) => /^socket:\[(\d+)\]$/.exec(ifRunning(() => readlinkSync(join(folder, fd))) ?? '')?.[1],
    ),
  );
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n'));
  const sockets = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => inodes.has(fields[9]));
  return new Set(sockets.map((fields) => parseInt(fields[2]?.split(':')[1] ?? '', 16)));
}
