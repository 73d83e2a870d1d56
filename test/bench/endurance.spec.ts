import type { Minute } from '../../bench/endurance/timeline.js';
import type { Findings } from '../../bench/endurance/run-endurance.js';
import { WorkerKiller } from '../../bench/endurance/worker-killer.js';
import { mix } from '../../bench/endurance/mix.js';
import { readEnduranceOptions } from '../../bench/endurance/options.js';
import { enduranceMarkdown } from '../../bench/endurance/report/endurance-markdown.js';
import { enduranceChart } from '../../bench/endurance/report/endurance-chart.js';
import { RequestStats } from '../../bench/endurance/request-stats.js';
import { problemsOf, trendsOf } from '../../bench/endurance/trends.js';

const minute: Minute = {
  ...{ requests: 600, p50Ms: 1, p95Ms: 2, p99Ms: 10, maxMs: 20, errors: {}, scenarios: {} },
  ...{ memoryMiB: 200, cpuMsPerRequest: 1, generatorCpu: 0.1, generatorMiB: 100 },
};
const steady = Array.from({ length: 12 }, () => minute);
const calm: Findings = {
  ...{ postgresVersion: '18.0', capacity: 20, perSecond: 10, minutes: steady, kills: [], unexplained: [] },
  failures: { 'in flight': 0, 'not seen closed': 0, unexplained: 0 },
  ...{ unexpectedAnswers: 0, killProblem: undefined, proofs: [] },
};

describe('a trend', () => {
  it('compares the last third with the first, without its first minute', () => {
    const minutes = steady.map((each, i) => ({ ...each, memoryMiB: [900, 200, 200, 200][i] ?? 300 }));
    expect(trendsOf({ ...calm, minutes })[1]).toMatchObject({ what: 'memory', first: 200, last: 300, ratio: 1.5 });
    expect(problemsOf({ ...calm, minutes })).toEqual(['memory is not flat: 1.50, more than 1.1']);
    expect(problemsOf(calm)).toEqual([]);
  });

  it('judges neither short runs nor the p99 of runs with kills', () => {
    const minutes = steady.map((each, i) => ({ ...each, p99Ms: i < 6 ? 10 : 100 }));
    expect(problemsOf({ ...calm, minutes })).toEqual(['p99 is not flat: 10.00, more than 1.25']);
    expect(problemsOf({ ...calm, minutes, kills: [1.5] })).toEqual([]);
    expect(problemsOf({ ...calm, minutes: minutes.slice(4, 8) })).toEqual([]);
  });
});

describe('a failed request', () => {
  const line = { openedAt: 100, localPort: 4_000 };
  const failed = { status: undefined, failure: 'ECONNRESET', connection: line, sentAt: 190, endedAt: 201 };

  function killsAt200(): WorkerKiller {
    const kills = new WorkerKiller(process.pid);
    kills.all.push({ at: 200, pid: 1, ports: new Set([4_000, 4_001]) });
    return kills;
  }

  it('is explained if it was sent to the killed worker or over a connection of it', () => {
    const kills = killsAt200();
    expect(kills.explain(failed)).toBe('in flight');
    expect(kills.explain({ ...failed, sentAt: 200.5 })).toBe('not seen closed');
    expect(kills.failures).toEqual({ 'in flight': 1, 'not seen closed': 1, unexplained: 0 });
  });

  it.each([
    ['on a connection to the other worker', { connection: { ...line, localPort: 5_000 } }],
    ['on a connection that was opened after the kill', { connection: { ...line, openedAt: 200.5 }, sentAt: 200.6 }],
    ['before the kill', { endedAt: 199 }],
    ['without a connection', { connection: undefined, sentAt: undefined }],
  ])('is unexplained if it failed %s', (_, difference) => {
    expect(killsAt200().explain({ ...failed, ...difference })).toBe('unexplained');
  });

  it('is a problem if no process was killed', () => {
    const failures = { ...calm.failures, unexplained: 2 };
    expect(problemsOf({ ...calm, failures })).toEqual(['2 requests failed that no kill explains']);
  });
});

it('counts a write as acknowledged, unanswered or answered wrongly', () => {
  const tally = new RequestStats();
  const save = mix.find(({ writes }) => writes === 'revision');
  if (!save) throw new Error('the mix has no save');
  const ending = { failure: undefined, connection: undefined, sentAt: 1, endedAt: 12 };
  tally.record(save, 2, { ...ending, status: 200 });
  tally.record(save, 2, { ...ending, status: 500 });
  tally.record(save, 2, { ...ending, status: undefined, failure: 'ECONNRESET' });
  expect(tally.written('revision')).toEqual({ acknowledged: 1, unanswered: 1 });
  expect(tally.unexpectedAnswers).toBe(1);
  const taken = tally.take();
  expect(taken).toMatchObject({ requests: 2, errors: { [`500 for ${save.scenario.name}`]: 1, ECONNRESET: 1 } });
  expect(taken.maxMs).toBeCloseTo(10, 1);
  expect(tally.take()).toMatchObject({ requests: 0, errors: {} });
});

it('reports kills, counts that do not agree, and problems', () => {
  const proofs = [{ what: 'Versions', made: 3, acknowledged: 4, unanswered: 0, holds: false }];
  const findings = { ...calm, kills: [1.5, 2.5], proofs };
  const report = {
    startedAt: new Date('2026-01-02T03:04:05Z'),
    machine: { cores: 2, cpu: 'a processor', memoryGiB: 4, node: '24.0.0', postgres: '18.0', wrk: '' },
    command: 'npm run bench:long',
    options: readEnduranceOptions(['--minutes', '12']),
    ...{ findings, trends: trendsOf(findings), problems: problemsOf(findings) },
  };
  const text = enduranceMarkdown(report);
  expect(text).toContain('10 requests a second, half of 20 in a closed loop');
  expect(text).toContain('| Versions | 3 | 4 | 0 | **does not hold** |');
  expect(text).toContain('- **counts do not agree: Versions**');
  expect(enduranceChart(report).match(/stroke-dasharray/g)).toHaveLength(4);
});

it('refuses invalid arguments', () => {
  expect(() => readEnduranceOptions(['--kill-every', '0'])).toThrow('--kill-every must be a whole number, at least 1');
});
