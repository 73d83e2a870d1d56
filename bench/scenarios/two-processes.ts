import { cpus } from 'node:os';
import { nextNumbers, type Sample, sampleOf } from '../load/compare.js';
import { cpuMsOf, cpuMsOfEndedChildren } from '../environment/process-figures.js';
import type { Comparison, Figure, Inspection } from '../scenario.js';
import type { ServerProcess } from '../environment/server-process.js';
import type { Testbed } from '../environment/testbed.js';
import { download } from './download.js';
import { listVersions } from './list-versions.js';
import { resolveLabel } from './resolve-label.js';
import { resolveNotModified } from './resolve-not-modified.js';

const reads: readonly Comparison[] = [resolveLabel, resolveNotModified, listVersions, download];
const connections = 64;
/** Of two processes beside one, in processor time of the server for each request. */
const maxCpuRatio = 1.05;

/** Requests per second, and the used share of all processors in percent. */
interface Measurement {
  readonly perSecond: number;
  readonly cpuMsPerRequest: number;
  readonly server: number;
  readonly generator: number;
  readonly postgres: number;
  /** Everything on this machine: with much other load the ratio means little. */
  readonly machine: number;
}

type Sides = Readonly<Record<'one' | 'two', ServerProcess>>;

/**
 * Compares reads of two workers with those of one process, in turns: what a request costs, and beside it the rates, which
 * say little where generator and PostgreSQL use the same processors.
 */
export const twoProcesses: Inspection = {
  name: 'two-processes',
  title: 'Two processes beside one',

  async inspect(testbed) {
    const sides = { one: await testbed.startAnother({ workers: 1 }), two: await testbed.startAnother({ workers: 2 }) };
    const figures: Figure[] = [];
    for (const read of reads) figures.push(await figureOf(read, sides, testbed));
    await Promise.all([sides.one.stop(), sides.two.stop()]);
    return figures;
  },
};

async function figureOf(read: Comparison, sides: Sides, testbed: Testbed): Promise<Figure> {
  const { rounds, seconds } = testbed;
  for (const side of [sides.one, sides.two]) await measure(read, side, 1, testbed);
  const [one, two]: [Measurement[], Measurement[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['one', 'two'] as const) : (['two', 'one'] as const);
    for (const side of order) (side === 'one' ? one : two).push(await measure(read, sides[side], seconds, testbed));
  }
  const ratioOf = (of: (measurement: Measurement) => number) =>
    two.map((measurement, i) => of(measurement) / of(one[i] ?? measurement));
  const rates: Figure = { what: 'requests per second', unit: 'x', values: ratioOf(({ perSecond }) => perSecond) };
  return {
    what: `2 processes / 1, processor time per request: ${read.name}`,
    unit: 'x',
    values: ratioOf(({ cpuMsPerRequest }) => cpuMsPerRequest),
    limit: maxCpuRatio,
    beside: [rates, ...sharesOf('with one', one), ...sharesOf('with two', two)],
  };
}

async function measure(
  read: Comparison,
  server: ServerProcess,
  seconds: number,
  testbed: Testbed,
): Promise<Measurement> {
  const { signal, postgresPid, fixtures } = testbed;
  const load = await read.load(fixtures, nextNumbers(1));
  const postgresCpu = () => (postgresPid === undefined ? NaN : cpuMsOf(postgresPid));
  const before = { generator: cpuMsOfEndedChildren(), postgres: postgresCpu(), machine: machineMs() };
  const sample: Sample = await sampleOf(server, { load, connections, seconds }, signal);
  const { requests, perSecond, cpuMsPerRequest } = sample;
  const machine = machineMs();
  const postgres = postgresCpu() - before.postgres;
  const share = (cpuMs: number) => (cpuMs / ((requests / perSecond) * 1_000 * cpus().length)) * 100;
  return {
    perSecond,
    cpuMsPerRequest,
    server: share(cpuMsPerRequest * requests),
    generator: share(cpuMsOfEndedChildren() - before.generator),
    // The time of a backend that has ended is lost.
    postgres: postgres < 0 ? NaN : share(postgres),
    machine: ((machine.busy - before.machine.busy) / (machine.all - before.machine.all)) * 100,
  };
}

function machineMs(): { busy: number; all: number } {
  const times = cpus().map((core) => core.times);
  const all = times.flatMap((each) => Object.values(each)).reduce((sum, ms) => sum + ms, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}

function sharesOf(side: string, measurements: readonly Measurement[]): Figure[] {
  const shareOf = (what: string, of: (measurement: Measurement) => number): Figure => {
    return { what, unit: '%', values: measurements.map(of) };
  };
  const shares = [
    shareOf(`${side}: server`, ({ server }) => server),
    shareOf('generator', ({ generator }) => generator),
    shareOf('PostgreSQL', ({ postgres }) => postgres),
    shareOf('everything on the machine', ({ machine }) => machine),
  ];
  return shares.filter(({ values }) => !values.some(Number.isNaN));
}
