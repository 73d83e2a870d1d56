import { markdown } from '../../bench/report/markdown.js';
import { chart } from '../../bench/report/chart.js';
import { type RunReport, spreadOf } from '../../bench/report/run-report.js';
import { readOptions } from '../../bench/options.js';

const sample = { requests: 2000, p50Ms: 1, p95Ms: 2, p99Ms: 3, maxMs: 4, cpuMsPerRequest: 0.5, peakMiB: 100 };

function aReport(ratios: readonly number[]): RunReport {
  const product = ratios.map((ratio) => ({ ...sample, perSecond: ratio * 1000 }));
  const floor = ratios.map(() => ({ ...sample, perSecond: 1000 }));
  return {
    startedAt: new Date('2026-01-02T03:04:05Z'),
    machine: { cores: 2, cpu: 'a processor', memoryGiB: 4, node: '24.0.0', postgres: '18.0', wrk: '4.1.0' },
    options: readOptions(['--quick']),
    command: 'npm run bench -- --quick',
    results: [
      {
        outcome: 'compared',
        name: 'read',
        title: 'Read',
        goal: 0.8,
        rows: [{ connections: 8, ratios, product, floor }],
      },
      {
        outcome: 'inspected',
        name: 'start',
        title: 'Start',
        figures: [{ what: 'Start', unit: 'ms', values: [9], limit: 8 }],
      },
      { outcome: 'failed', name: 'write', title: 'Write', reason: 'the disk is full' },
      { outcome: 'skipped', name: 'store', title: 'Store', reason: 'as no container engine is here' },
    ],
  };
}

it('uses the median round, not the best', () => {
  expect(spreadOf([0.9, 0.5, 0.7])).toEqual({ min: 0.5, median: 0.7, max: 0.9 });
  expect(spreadOf([1, 4])).toEqual({ min: 1, median: 2.5, max: 4 });
});

it('shows for each goal and each limit whether it is met', () => {
  const text = markdown(aReport([0.9, 0.7, 0.75]));
  expect(text).toContain('| Read | 8 | **0.75** (0.70-0.90) | 0.8 missed | 750 / 1000 |');
  expect(text).toContain('| Start | 9 ms | 8 ms missed |');
  expect(text).toContain('Write: no figures, the disk is full');
  expect(text).toContain('Store: not measured, as no container engine is here');
  expect(markdown(aReport([0.8, 0.8, 0.8]))).toContain('0.8 met');
});

it('draws a bar as long as its ratio, in another colour where the goal is missed', () => {
  const [met, missed] = [chart(aReport([1, 1, 1])), chart(aReport([0.25, 0.25, 0.25]))];
  expect(met).toMatch(/<rect x="240" y="56" width="590.0" height="14" fill="#2e7d4f"/);
  // Square roots: a quarter of the requests is half of the length.
  expect(missed).toMatch(/<rect x="240" y="56" width="295.0" height="14" fill="#b3402e"/);
});

it('refuses invalid arguments', () => {
  expect(() => readOptions(['--seconds', 'x'])).toThrow('--seconds must be a whole number, at least 1');
  expect(() => readOptions(['--scenarios', 'download'])).toThrow("Unknown option '--scenarios'");
});
