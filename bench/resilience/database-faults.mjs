// Everything that may happen to a database under writers, with each size of pool and number of processes (10 minutes):
// node --import ./bench/typescript.mjs bench/resilience/database-faults.mjs [terminations] [restarts] [stops] [seconds of a stop]
import { runDatabaseFaults } from '../../test/resilience/scenarios/database-faults.ts';
import { report } from './engine.mjs';

const [terminations = 30, restarts = 10, stops = 3, seconds = 10] = process.argv.slice(2).map(Number);
const longestRecoveryMs = 5_000;
const longestEndMs = 10_000;
const settings = [
  { workers: 1, poolSize: 2, lastFault: 'frozen' },
  { workers: 1, poolSize: 10, lastFault: 'locked' },
  { workers: 2, poolSize: 2, lastFault: 'gone' },
  { workers: 2, poolSize: 10, lastFault: 'frozen' },
];

const problems = [];
for (const setting of settings) {
  const plan = { writers: 20, terminations, restarts, stops, stopMs: seconds * 1_000, ...setting };
  const { log: _, ...outcome } = await runDatabaseFaults(plan);
  process.stdout.write(`${JSON.stringify(setting)} ${JSON.stringify(outcome, null, 1)}\n`);
  problems.push(...problemsOf(outcome).map((problem) => `${JSON.stringify(setting)}: ${problem}`));
}
report(problems);

function problemsOf({ problems, unanswered, readyAfterMs, connectionsInUse, endedAfterMs, exitCode }) {
  const slowest = Object.entries(readyAfterMs).map(([fault, times]) => [fault, Math.max(0, ...times)]);
  return [
    ...problems,
    ...unanswered.map((error) => `no answer: ${error}`),
    ...slowest.filter(([, ms]) => ms > longestRecoveryMs).map(([fault, ms]) => `ready ${ms} ms after a ${fault}`),
    ...(connectionsInUse === 0 ? [] : [`${connectionsInUse} connections are lost`]),
    ...(endedAfterMs <= longestEndMs && exitCode === 0 ? [] : [`ended with ${exitCode} after ${endedAfterMs} ms`]),
  ];
}
