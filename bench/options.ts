import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  readonly help: boolean;
  /** Names of scenarios; all if empty. */
  readonly scenarios: readonly string[];
  readonly prompts: number;
  /** Of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** Undefined: those of each scenario. */
  readonly connections: readonly number[] | undefined;
  readonly isQuick: boolean;
  /** Kept between runs. */
  readonly dataFolder: string;
  readonly outFolder: string;
}

export const help = `npm run bench -- [options]

Measures the product beside the floor: bare Fastify and pg with the same statements and the same durable writes, on a
database of its own in the same PostgreSQL. Both are measured in turns, so that what disturbs the machine disturbs both.
Needs Linux and wrk.

  --scenario <name>      only this one; may be repeated
  --quick                2 000 prompts, 2 rounds of 1 s, one number of connections per scenario, no ten thousand publishes
  --seconds <n>          of each measurement (2)
  --rounds <n>           measurements of each side (3)
  --connections <list>   such as 1,8,64
  --prompts <n>          in the database (100000)
  --data <folder>        the database, kept for the next run (a folder for temporary files)
  --out <folder>         results.json and results.svg; the table is on stdout (in the folder of --data)
  --help                 this text and the names of the scenarios

DATABASE_URL names a PostgreSQL to use instead of the embedded one; its user must be allowed to make databases.
S3_* name a bucket to use instead of a folder: give one that is for nothing else, as what is published stays there.
The scenarios on MinIO start one in a container, with product and floor of their own; without a container engine they
are left out. WORKERS, REDIS_URL and LOG_LEVEL reach the product.
`;

export const defaultDataFolder = join(tmpdir(), 'promptyard-bench');

const flags = {
  help: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  scenario: { type: 'string', multiple: true },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  connections: { type: 'string' },
  prompts: { type: 'string' },
  data: { type: 'string', default: defaultDataFolder },
  out: { type: 'string' },
} as const;

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options: flags });
  const isQuick = values.quick;
  const dataFolder = resolve(values.data);
  return {
    help: values.help,
    scenarios: values.scenario ?? [],
    prompts: positive('prompts', values.prompts ?? (isQuick ? '2000' : '100000')),
    seconds: positive('seconds', values.seconds ?? (isQuick ? '1' : '2')),
    rounds: positive('rounds', values.rounds ?? (isQuick ? '2' : '3')),
    connections: values.connections?.split(',').map((each) => positive('connections', each)),
    isQuick,
    dataFolder,
    outFolder: values.out === undefined ? join(dataFolder, 'results') : resolve(values.out),
  };
}

export function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number, at least 1`);
  return number;
}
