import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from '../options.js';
import type { Comparison } from '../scenario.js';
import { seededDatabase } from '../seed/seeded-database.js';
import { Databases } from './databases.js';
import { floor, product } from './programs.js';
import { ServerProcess } from './server-process.js';
import { discover, type World } from './world.js';

/** Everything that a run measures on. Product and floor have copies of one database, in the same PostgreSQL. */
export interface Stage {
  readonly product: ServerProcess;
  readonly floor: ServerProcess;
  readonly world: World;
  readonly postgresVersion: string;
  /** Where the product's own database is, for starts without any setting. */
  readonly homeFolder: string;
  /** Another process of the product on the same database and the same store. */
  readonly startAnother: () => Promise<ServerProcess>;
  /** For logs; gone after the run. */
  readonly runFolder: string;
  /** How often a thing is measured. */
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Sets the stage; what it takes goes onto the stack, to be cleared away. */
export async function setStage(
  options: Options,
  comparisons: readonly Comparison[],
  { stack, signal, tell }: { stack: AsyncDisposableStack; signal: AbortSignal; tell: (message: string) => void },
): Promise<Stage> {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o755 });
  const databases = await Databases.open(join(options.dataFolder, 'database'), tell);
  stack.defer(() => databases.stop());
  const runFolder = mkdtempSync(join(options.dataFolder, 'run-'));
  stack.defer(() => rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 }));

  const seeded = await seededDatabase(databases, options.prompts, { folder: runFolder, tell, signal });
  tell('copying the database');
  const [ours, theirs] = ['promptyard_bench_product', 'promptyard_bench_floor'];
  for (const name of [ours, theirs]) {
    await databases.create(name, seeded);
    stack.defer(() => databases.drop(name));
  }
  for (const { prepareFloor } of comparisons) if (prepareFloor) await databases.on(theirs, prepareFloor);

  const start = async (program: Parameters<typeof ServerProcess.start>[0]) => {
    const server = await ServerProcess.start(program);
    stack.defer(() => server.stop());
    return server;
  };
  tell('starting product and floor');
  const place = { databaseUrl: databases.urlOf(ours), dataDir: join(runFolder, 'product'), folder: runFolder };
  const running = await start(product(place));
  const bare = await start(
    floor({ ...place, databaseUrl: databases.urlOf(theirs), dataDir: join(runFolder, 'floor') }),
  );
  return {
    product: running,
    floor: bare,
    world: await databases.on(ours, (client) => discover(running.url, client)),
    postgresVersion: await databases.version(),
    homeFolder: join(options.dataFolder, 'home'),
    startAnother: () => start(product(place)),
    runFolder,
    rounds: options.rounds,
    signal,
  };
}
