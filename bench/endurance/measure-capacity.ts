import type { KeepAliveConnection } from '../load/keep-alive-connection.js';
import { closedLoop } from '../load/loops.js';
import type { Fixtures } from '../environment/fixtures.js';
import { MixedLoad } from '../load/mixed-load.js';
import { mix } from './mix.js';

const warmUpSeconds = 10;
const measuredSeconds = 20;
/** More than any server answers on such machines. */
const maxPerSecond = 20_000;

/** Requests of the mix that are answered in a second when every connection sends the next as soon as it can. */
export async function measureCapacity(
  connections: readonly KeepAliveConnection[],
  fixtures: Fixtures,
  signal: AbortSignal,
): Promise<number> {
  const load = await MixedLoad.prepare(mix, fixtures, (warmUpSeconds + measuredSeconds) * maxPerSecond);
  await countAnswers(warmUpSeconds);
  return (await countAnswers(measuredSeconds)) / measuredSeconds;

  async function countAnswers(seconds: number): Promise<number> {
    const until = performance.now() + seconds * 1_000;
    let answers = 0;
    await closedLoop(
      connections,
      () => performance.now() < until && !signal.aborted,
      async (connection) => {
        const { share, request } = load.next();
        const { status, failure } = await connection.send(request);
        if (status !== share.scenario.status.product) {
          throw new Error(`${share.scenario.name} got ${failure ?? status} while the capacity was measured`);
        }
        answers += 1;
      },
    );
    signal.throwIfAborted();
    return answers;
  }
}
