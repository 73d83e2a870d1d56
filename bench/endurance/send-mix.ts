import type { Ending, KeptConnection } from '../load/kept-connection.js';
import { openLoop } from '../load/loops.js';
import type { Run } from '../stage/ground.js';
import type { ServerProcess } from '../stage/server-process.js';
import type { World } from '../stage/world.js';
import { Chronicle } from './chronicle.js';
import { FamilyWatch } from './family-watch.js';
import { KillTimer } from './kill-timer.js';
import { Kills } from './kills.js';
import { MixedLoad } from './mix.js';
import { lineOf } from './report/progress.js';
import { Tally } from './tally.js';

interface Target {
  readonly server: ServerProcess;
  readonly world: World;
  readonly connections: readonly KeptConnection[];
}

interface Plan {
  readonly minutes: number;
  readonly perSecond: number;
  readonly killEverySeconds: number | undefined;
}

const mostTold = 20;

/** Sends the mix at its rate for as long as planned, and kills as planned. */
export async function sendMix({ server, world, connections }: Target, plan: Plan, run: Pick<Run, 'signal' | 'tell'>) {
  const { minutes, perSecond, killEverySeconds } = plan;
  const seconds = minutes * 60;
  const load = await MixedLoad.prepare(world, seconds * perSecond);
  const [tally, watch, kills] = [new Tally(), new FamilyWatch(server.pid), new Kills(server.pid)];
  const unexplained: string[] = [];
  using chronicle = new Chronicle(watch, tally, minutes, (minute, number) => run.tell(lineOf(minute, number)));
  using killing = new KillTimer(killEverySeconds, seconds, () => {
    watch.look();
    kills.killOne();
  });
  await openLoop(connections, { perSecond, seconds, signal: run.signal }, async (connection, dueAt) => {
    const { share, request } = load.next();
    const ending = await connection.send(request);
    tally.record(share, dueAt, ending);
    if (ending.status !== undefined || kills.explain(ending) !== 'unexplained') return;
    if (unexplained.length < mostTold) unexplained.push(wordsFor(share.scenario.name, ending, chronicle));
  });
  chronicle.finish();
  return {
    tally,
    minutes: chronicle.minutes,
    kills: kills.all.map(({ at }) => chronicle.minuteOf(at)),
    failures: kills.failures,
    unexplained,
    unexpectedAnswers: tally.unexpectedAnswers,
    killProblem: killing.problem,
  };
}

function wordsFor(name: string, { failure, line, sentAt, endedAt }: Ending, chronicle: Chronicle): string {
  const second = (at: number | undefined) => (at === undefined ? 'never' : `${chronicle.secondOf(at).toFixed(3)} s`);
  const times = `connected ${second(line?.openedAt)}, sent ${second(sentAt)}, failed ${second(endedAt)}`;
  return `${name}: ${failure}, ${times}`;
}
