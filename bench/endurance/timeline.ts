import type { ProcessTreeMonitor } from './process-tree-monitor.js';
import type { Quantiles } from './latency-histogram.js';
import type { ByKind, RequestStats } from './request-stats.js';

/** The answers of one minute, and their cost. */
export interface Minute extends Quantiles {
  readonly errors: ByKind<number>;
  readonly scenarios: ByKind<Quantiles>;
  /** Of all processes of the server, without PostgreSQL: the median of one sample per second. */
  readonly memoryMiB: number;
  readonly cpuMsPerRequest: number;
  /** Of the load generator, as a share of one core. */
  readonly generatorCpu: number;
  readonly generatorMiB: number;
}

const sampleIntervalMs = 1_000;
const minuteMs = 60_000;
const mib = 2 ** 20;

/** Records each minute after its end. */
export class Timeline implements Disposable {
  readonly minutes: Minute[] = [];
  private readonly startedAt = performance.now();
  private minuteStartedAt = this.startedAt;
  private cpu = process.cpuUsage();
  private readonly timer = setInterval(() => this.sample(), sampleIntervalMs);

  constructor(
    private readonly monitor: ProcessTreeMonitor,
    private readonly tally: RequestStats,
    private readonly count: number,
    private readonly onMinute: (minute: Minute, number: number) => void,
  ) {}

  secondOf(at: number): number {
    return (at - this.startedAt) / 1_000;
  }

  /** As a fraction; the first minute begins at 0. */
  minuteOf(at: number): number {
    return (at - this.startedAt) / minuteMs;
  }

  /** Ends the last minute after the answer to its last request. */
  finish(): void {
    this.monitor.sample();
    while (this.minutes.length < this.count) this.endMinute();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    this.monitor.sample();
    const ended = this.minutes.length + 1;
    if (ended < this.count && this.minuteOf(performance.now()) >= ended) this.endMinute();
  }

  private endMinute(): void {
    const answers = this.tally.take();
    const { memoryMiB, cpuMs } = this.monitor.take();
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const minute = {
      ...answers,
      memoryMiB,
      cpuMsPerRequest: cpuMs / answers.requests,
      generatorCpu: (user + system) / 1_000 / (now - this.minuteStartedAt),
      generatorMiB: process.memoryUsage.rss() / mib,
    };
    this.cpu = process.cpuUsage();
    this.minuteStartedAt = now;
    this.minutes.push(minute);
    this.onMinute(minute, this.minutes.length);
  }
}
