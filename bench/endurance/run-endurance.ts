import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { openConnections } from '../load/loops.js';
import { prepareEnvironment, type RunContext } from '../environment/bench-environment.js';
import { product } from '../environment/programs.js';
import type { ServerProcess } from '../environment/server-process.js';
import { readFixtures, type Fixtures } from '../environment/fixtures.js';
import { measureCapacity } from './measure-capacity.js';
import type { Minute } from './timeline.js';
import { countsOf, type Proof, proofs, settledCounts } from './counts.js';
import type { FailureCause } from './worker-killer.js';
import type { EnduranceOptions } from './options.js';
import { sendMix } from './send-mix.js';

/** The results of a long run. */
export interface Findings {
  readonly postgresVersion: string;
  /** Requests per second; undefined if the rate was given. */
  readonly capacity: number | undefined;
  readonly perSecond: number;
  readonly minutes: readonly Minute[];
  /** When workers were killed, in minutes since the start. */
  readonly kills: readonly number[];
  /** Requests without a complete answer, by their relation to the kills. */
  readonly failures: Readonly<Record<FailureCause, number>>;
  /** Descriptions of some of the unexplained ones. */
  readonly unexplained: readonly string[];
  readonly unexpectedAnswers: number;
  /** The error that ended the kills early. */
  readonly killProblem: string | undefined;
  readonly proofs: readonly Proof[];
}

const database = 'promptyard_endurance';
const pauseMs = 3_000;

export async function runEndurance(options: EnduranceOptions, run: RunContext): Promise<Findings> {
  const { databases, runFolder, copyTo, start } = await prepareEnvironment(options, run);
  run.tell('copying the database');
  await copyTo(database);
  const workers = options.killEverySeconds === undefined ? undefined : 2;
  const serverOptions = {
    databaseUrl: databases.urlOf(database),
    dataDir: join(runFolder, 'product'),
    folder: runFolder,
  };
  const server = await start(product({ ...serverOptions, workers }));
  const findings = await databases.on(database, async (client) => {
    return sendAndCount({ server, client, fixtures: await readFixtures(server.url, client) }, options, run);
  });
  return { ...findings, postgresVersion: await databases.version() };
}

interface ServerUnderLoad {
  readonly server: ServerProcess;
  readonly client: Client;
  readonly fixtures: Fixtures;
}

async function sendAndCount(scene: ServerUnderLoad, options: EnduranceOptions, { signal, stack, tell }: RunContext) {
  const { server, client, fixtures } = scene;
  const untouched = await countsOf(client);
  const connections = openConnections(server.url, options.connections);
  stack.defer(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
  });
  if (options.perSecond === undefined) tell('measuring the capacity');
  const capacity = options.perSecond === undefined ? await measureCapacity(connections, fixtures, signal) : undefined;
  const perSecond = options.perSecond ?? (capacity ?? 0) / 2;
  tell(`sending ${perSecond.toFixed(0)} requests a second for ${options.minutes} minutes`);
  await sleep(pauseMs, undefined, { signal });
  const before = await countsOf(client);
  const { tally, ...found } = await sendMix(
    { server, fixtures, connections },
    { ...options, perSecond },
    { signal, tell },
  );
  const after = await settledCounts(client, untouched, signal);
  return { ...found, capacity, perSecond, proofs: proofs({ untouched, before, after }, tally) };
}
