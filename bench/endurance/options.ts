import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder, positive } from '../options.js';

export interface EnduranceOptions {
  readonly help: boolean;
  readonly minutes: number;
  /** Undefined: no process is killed. */
  readonly killEverySeconds: number | undefined;
  readonly prompts: number;
  /** Undefined: half of the measured capacity. */
  readonly perSecond: number | undefined;
  readonly connections: number;
  /** Kept between runs. */
  readonly dataFolder: string;
  readonly outFolder: string;
}

export const help = `npm run bench:long -- [options]

Sends a mixed load to the product for a long time, at half of its capacity, and shows that it stays as it is: latency and
memory minute by minute, errors, and whether as much was written as was acknowledged. Requests are sent when they are due,
whatever became of those before, and latency counts from then. Fails if anything is not as it must be. Needs Linux.

  --minutes <n>          of load, after its rate is found (30)
  --kill-every <seconds> run two workers, and kill -9 one of them so often (never)
  --rate <n>             requests per second (half of the measured capacity)
  --connections <n>      kept ones; each is renewed after 8 to 12 s (64)
  --prompts <n>          in the database (100000)
  --data <folder>        the database, kept for the next run (that of npm run bench)
  --out <folder>         endurance.json and .svg, with --kill-every endurance-kills.*; the table is on stdout (in the
                         folder of --data)
  --help                 this text

DATABASE_URL, S3_*, REDIS_URL, WORKERS and LOG_LEVEL are as for npm run bench.
`;

const flags = {
  help: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '30' },
  'kill-every': { type: 'string' },
  rate: { type: 'string' },
  connections: { type: 'string', default: '64' },
  prompts: { type: 'string', default: '100000' },
  data: { type: 'string', default: defaultDataFolder },
  out: { type: 'string' },
} as const;

/** @throws Error that says what is wrong with the arguments */
export function readEnduranceOptions(args: readonly string[]): EnduranceOptions {
  const { values } = parseArgs({ args: [...args], options: flags });
  const { 'kill-every': killEvery, rate, out } = values;
  const dataFolder = resolve(values.data);
  return {
    help: values.help,
    minutes: positive('minutes', values.minutes),
    killEverySeconds: killEvery === undefined ? undefined : positive('kill-every', killEvery),
    perSecond: rate === undefined ? undefined : positive('rate', rate),
    connections: positive('connections', values.connections),
    prompts: positive('prompts', values.prompts),
    dataFolder,
    outFolder: out === undefined ? resolve(dataFolder, 'results') : resolve(out),
  };
}
