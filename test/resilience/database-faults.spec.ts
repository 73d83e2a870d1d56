import { runDatabaseFaults, type FaultPlan } from './scenarios/database-faults.js';

const maxRecoveryMs = 5_000;
const maxShutdownMs = 10_000;
const plan = { writers: 20, terminations: 12, restarts: 2, stops: 1, stopMs: 5_000 };

// The full numbers: `node --import ./bench/typescript.mjs bench/resilience/database-faults.mjs`.
describe.each<Pick<FaultPlan, 'workers' | 'poolSize' | 'lastFault'>>([
  { workers: 1, poolSize: 2, lastFault: 'frozen' },
  { workers: 1, poolSize: 10, lastFault: 'locked' },
  { workers: 2, poolSize: 10, lastFault: 'gone' },
])('with $workers processes and $poolSize connections', (setting) => {
  it(`recovers soon after every fault of its database, and ends in time while that is ${setting.lastFault}`, async () => {
    const report = await runDatabaseFaults({ ...plan, ...setting });
    const { termination, restart, stop } = report.readyAfterMs;
    expect(Math.max(...termination, ...restart, ...stop)).toBeLessThan(maxRecoveryMs);
    const whole = { problems: [], unanswered: [], processes: setting.workers, connectionsInUse: 0, exitCode: 0 };
    expect(report).toMatchObject(whole);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(Object.keys(report.refusals).filter((refusal) => !refusal.startsWith('503'))).toEqual([]);
    expect(report.endedAfterMs).toBeLessThan(maxShutdownMs);
  });
});
