import { nextNumbers } from '../load/compare.js';
import { closedLoop, openConnections } from '../load/loops.js';
import { nthRequest } from '../load/load.js';
import { liveMiB } from '../load/live-memory.js';
import { residentMiB } from '../environment/process-figures.js';
import { uploadLoad } from '../load/upload-load.js';
import { spreadOf } from '../report/run-report.js';
import type { Figure, Inspection } from '../scenario.js';
import { freePort } from '../environment/server-process.js';

const publishes = 10_000;
const batchSize = 1_000;
const connectionCount = 8;
/** They compile code and fill caches; without them the first thousand would be slower and hide a growth. */
const warmUpPublishes = 500;
const sampleIntervalMs = 100;

interface Batch {
  readonly ms: number;
  /** The median of the memory samples. */
  readonly memoryMiB: number;
}

/**
 * Publishes ten thousand packages to a separate process, and compares time and memory of the last thousand with the
 * first.
 */
export const manyPublishes: Inspection = {
  name: 'publish-10k',
  title: 'Publish 4 KB, ten thousand in a row',
  takesLong: true,

  async inspect({ startAnother, fixtures, signal }) {
    const inspectorPort = await freePort();
    const server = await startAnother({ workers: 1, inspectorPort });
    const load = await uploadLoad(fixtures, 4_096, nextNumbers(warmUpPublishes + publishes));
    const connections = openConnections(server.url, connectionCount);
    let sent = 0;
    const publish = async (count: number) => {
      const end = sent + count;
      await closedLoop(
        connections,
        () => sent < end && !signal.aborted,
        async (connection) => {
          const { status, failure } = await connection.send(nthRequest(load, sent++));
          if (status !== 201) throw new Error(`a publish got ${failure ?? status}`);
        },
      );
      signal.throwIfAborted();
    };
    await publish(warmUpPublishes);
    const before = await liveMiB(server.pid, inspectorPort);
    const thousands: Batch[] = [];
    while (sent < warmUpPublishes + publishes) thousands.push(await measureBatch(server.pid, () => publish(batchSize)));
    const after = await liveMiB(server.pid, inspectorPort);
    await Promise.all(connections.map((connection) => connection.close()));
    await server.stop();
    return [...figuresOf(thousands), growthOf(before, after)];
  },
};

async function measureBatch(pid: number, work: () => Promise<void>): Promise<Batch> {
  const memory: number[] = [];
  const timer = setInterval(() => memory.push(residentMiB(pid)), sampleIntervalMs);
  const startedAt = performance.now();
  await work().finally(() => clearInterval(timer));
  return { ms: performance.now() - startedAt, memoryMiB: spreadOf(memory).median };
}

/** The growth of live memory, which shows a leak. */
function growthOf(before: number, after: number): Figure {
  return {
    what: 'Ten thousand publishes of 4 KB: growth of what is left after garbage is collected',
    unit: 'MiB',
    values: [after - before],
    limit: 8,
    beside: [{ what: 'before', unit: 'MiB', values: [before] }],
  };
}

function figuresOf(thousands: readonly Batch[]): Figure[] {
  const [first, last] = [thousands[0], thousands.at(-1)];
  if (!first || !last) throw new RangeError('nothing was measured');
  const each = thousands.map(({ ms, memoryMiB }) => ({ ms: ms / batchSize, memoryMiB }));
  return [
    {
      what: 'Ten thousand publishes of 4 KB: time of the last thousand / the first',
      unit: 'x',
      values: [last.ms / first.ms],
      limit: 1.25,
      beside: [{ what: 'a publish in each thousand', unit: 'ms', values: each.map(({ ms }) => ms) }],
    },
    {
      what: 'Ten thousand publishes of 4 KB: memory of the last thousand over the first',
      unit: 'MiB',
      values: [last.memoryMiB - first.memoryMiB],
      // Node.js delays garbage collections while there is memory.
      limit: 64,
      beside: [{ what: 'in each thousand', unit: 'MiB', values: each.map(({ memoryMiB }) => memoryMiB) }],
    },
  ];
}
