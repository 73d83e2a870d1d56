import { join } from 'node:path';
import type { Client } from 'pg';
import type { Options } from '../options.js';
import { prepareEnvironment, type RunContext } from './bench-environment.js';
import { floor, product, type ServerSettings } from './programs.js';
import type { ServerProcess } from './server-process.js';
import { readFixtures, type Fixtures } from './fixtures.js';

/** The servers and data of a run. Product and floor have copies of one database, in the same PostgreSQL. */
export interface Testbed {
  readonly product: ServerProcess;
  readonly floor: ServerProcess;
  readonly fixtures: Fixtures;
  readonly postgresVersion: string;
  /** Undefined if it runs somewhere else. */
  readonly postgresPid: number | undefined;
  /** The data folder of the product's embedded database, for starts without settings. */
  readonly homeFolder: string;
  /** Another server of the product on the same database and the same store. */
  readonly startAnother: (settings?: ServerSettings) => Promise<ServerProcess>;
  /** For logs; removed after the run. */
  readonly runFolder: string;
  /** The number of measurements. */
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The part of a comparison that the floor's database needs before the run. */
interface FloorPreparation {
  readonly prepareFloor?: (client: Client) => Promise<void>;
}

/** Starts product and floor; the stack releases them. */
export async function createTestbed(
  options: Options,
  comparisons: readonly FloorPreparation[],
  run: RunContext,
): Promise<Testbed> {
  const { databases, runFolder, copyTo, start } = await prepareEnvironment(options, run);
  run.tell('copying the database');
  const [ours, theirs] = ['promptyard_bench_product', 'promptyard_bench_floor'];
  for (const name of [ours, theirs]) await copyTo(name);
  for (const { prepareFloor } of comparisons) if (prepareFloor) await databases.on(theirs, prepareFloor);

  run.tell('starting product and floor');
  const serverOptions = { databaseUrl: databases.urlOf(ours), dataDir: join(runFolder, 'product'), folder: runFolder };
  const running = await start(product(serverOptions));
  const bare = await start(
    floor({ ...serverOptions, databaseUrl: databases.urlOf(theirs), dataDir: join(runFolder, 'floor') }),
  );
  return {
    product: running,
    floor: bare,
    fixtures: await databases.on(ours, (client) => readFixtures(running.url, client)),
    postgresVersion: await databases.version(),
    postgresPid: await databases.processId(),
    homeFolder: join(options.dataFolder, 'home'),
    startAnother: (settings) => start(product({ ...serverOptions, ...settings })),
    runFolder,
    rounds: options.rounds,
    seconds: options.seconds,
    signal: run.signal,
  };
}
