import { join } from 'node:path';
import type { Client } from 'pg';
import type { Options } from '../options.js';
import { type BenchEnvironment, prepareEnvironment, type RunContext } from './bench-environment.js';
import { startMinio } from './minio.js';
import { floor, product, type ServerSettings } from './programs.js';
import { type Program, ServerProcess } from './server-process.js';
import { readFixtures, type Fixtures } from './fixtures.js';

/** Product and floor with copies of one database, in the same PostgreSQL. */
export interface ComparedServers {
  readonly product: ServerProcess;
  readonly floor: ServerProcess;
  readonly fixtures: Fixtures;
  readonly signal: AbortSignal;
}

/** The servers and data of a run. */
export interface Testbed extends ComparedServers {
  readonly postgresVersion: string;
  /** Undefined if it runs somewhere else. */
  readonly postgresPid: number | undefined;
  /** The data folder of the product's embedded database, for starts without settings. */
  readonly homeFolder: string;
  /** Another server of the product on the same database and the same store. */
  readonly startAnother: (settings?: ServerSettings) => Promise<ServerProcess>;
  /** The same on a MinIO, until the stack is disposed. @throws ScenarioSkipped without a container engine */
  readonly startOnMinio: (stack: AsyncDisposableStack) => Promise<ComparedServers>;
  /** For logs; removed after the run. */
  readonly runFolder: string;
  /** The number of measurements. */
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
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
  const environment = await prepareEnvironment(options, run);
  const { databases, runFolder, start } = environment;
  const serverOptions = {
    databaseUrl: databases.urlOf(names.product),
    dataDir: join(runFolder, names.product),
    folder: runFolder,
  };
  const compared = await startBoth(environment, run, { names, comparisons, start });
  return {
    ...compared,
    postgresVersion: await databases.version(),
    postgresPid: await databases.processId(),
    homeFolder: join(options.dataFolder, 'home'),
    startAnother: (settings) => start(product({ ...serverOptions, ...settings })),
    startOnMinio: async (stack) => {
      const bucket = await startMinio(stack);
      return startBoth(environment, run, {
        names: namesOnMinio,
        comparisons: [],
        bucket,
        start: async (program) => stack.use(await ServerProcess.start(program)),
      });
    },
    runFolder,
    rounds: options.rounds,
    seconds: options.seconds,
  };
}

/** Databases and data folders. */
const names = { product: 'promptyard_bench_product', floor: 'promptyard_bench_floor' };
const namesOnMinio = { product: 'promptyard_bench_minio_product', floor: 'promptyard_bench_minio_floor' };

interface Sides {
  readonly names: typeof names;
  readonly comparisons: readonly FloorPreparation[];
  readonly bucket?: Readonly<Record<string, string>>;
  readonly start: (program: Program) => Promise<ServerProcess>;
}

async function startBoth(
  { databases, runFolder, copyTo }: BenchEnvironment,
  { tell, signal }: RunContext,
  { names: { product: ours, floor: theirs }, comparisons, bucket, start }: Sides,
): Promise<ComparedServers> {
  tell('copying the database');
  for (const name of [ours, theirs]) await copyTo(name);
  for (const { prepareFloor } of comparisons) if (prepareFloor) await databases.on(theirs, prepareFloor);

  tell('starting product and floor');
  const options = { folder: runFolder, ...(bucket ? { bucket } : {}) };
  const optionsFor = (name: string) => ({
    ...options,
    databaseUrl: databases.urlOf(name),
    dataDir: join(runFolder, name),
  });
  const running = await start(product(optionsFor(ours)));
  const bare = await start(floor(optionsFor(theirs)));
  return {
    product: running,
    floor: bare,
    fixtures: await databases.on(ours, (client) => readFixtures(running.url, client)),
    signal,
  };
}
