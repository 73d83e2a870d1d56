import type { RequestResult, KeepAliveConnection } from '../load/keep-alive-connection.js';
import { openLoop } from '../load/loops.js';
import type { RunContext } from '../environment/bench-environment.js';
import type { ServerProcess } from '../environment/server-process.js';
import type { Fixtures } from '../environment/fixtures.js';
import { Timeline } from './timeline.js';
import { ProcessTreeMonitor } from './process-tree-monitor.js';
import { KillTimer } from './kill-timer.js';
import { WorkerKiller } from './worker-killer.js';
import { MixedLoad } from '../load/mixed-load.js';
import { mix } from './mix.js';
import { formatMinute } from './report/progress.js';
import { RequestStats } from './request-stats.js';

interface Target {
  readonly server: ServerProcess;
  readonly fixtures: Fixtures;
  readonly connections: readonly KeepAliveConnection[];
}

interface Plan {
  readonly minutes: number;
  readonly perSecond: number;
  readonly killEverySeconds: number | undefined;
}

const maxReported = 20;

/** Sends the mix at its rate for as long as planned, and kills as planned. */
export async function sendMix(
  { server, fixtures, connections }: Target,
  plan: Plan,
  run: Pick<RunContext, 'signal' | 'tell'>,
) {
  const { minutes, perSecond, killEverySeconds } = plan;
  const seconds = minutes * 60;
  const load = await MixedLoad.prepare(mix, fixtures, seconds * perSecond);
  const [tally, monitor, kills] = [
    new RequestStats(),
    new ProcessTreeMonitor(server.pid),
    new WorkerKiller(server.pid),
  ];
  const unexplained: string[] = [];
  using timeline = new Timeline(monitor, tally, minutes, (minute, number) => run.tell(formatMinute(minute, number)));
  using killing = new KillTimer(killEverySeconds, seconds, () => {
    monitor.sample();
    kills.killOne();
  });
  await openLoop(connections, { perSecond, seconds, signal: run.signal }, async (connection, dueAt) => {
    const { share, request } = load.next();
    const ending = await connection.send(request);
    tally.record(share, dueAt, ending);
    if (ending.status !== undefined || kills.explain(ending) !== 'unexplained') return;
    if (unexplained.length < maxReported) unexplained.push(describeFailure(share.scenario.name, ending, timeline));
  });
  timeline.finish();
  return {
    tally,
    minutes: timeline.minutes,
    kills: kills.all.map(({ at }) => timeline.minuteOf(at)),
    failures: kills.failures,
    unexplained,
    unexpectedAnswers: tally.unexpectedAnswers,
    killProblem: killing.problem,
  };
}

function describeFailure(
  name: string,
  { failure, connection, sentAt, endedAt }: RequestResult,
  timeline: Timeline,
): string {
  const second = (at: number | undefined) => (at === undefined ? 'never' : `${timeline.secondOf(at).toFixed(3)} s`);
  const times = `connected ${second(connection?.openedAt)}, sent ${second(sentAt)}, failed ${second(endedAt)}`;
  return `${name}: ${failure}, ${times}`;
}
