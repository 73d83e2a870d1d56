import type { FamilyWatch } from './family-watch.js';
import type { Quantiles } from './latencies.js';
import type { ByKind, Tally } from './tally.js';

/** What was answered in a minute, and what it took. */
export interface Minute extends Quantiles {
  readonly errors: ByKind<number>;
  readonly scenarios: ByKind<Quantiles>;
  /** Of all processes of the server, without PostgreSQL: the middle of a look each second. */
  readonly memoryMiB: number;
  readonly cpuMsPerRequest: number;
  /** Our own, as a share of one core. */
  readonly generatorCpu: number;
  readonly generatorMiB: number;
}

const lookEveryMs = 1_000;
const minuteMs = 60_000;
const mib = 2 ** 20;

/** Writes down each minute when it is over. */
export class Chronicle implements Disposable {
  readonly minutes: Minute[] = [];
  private readonly startedAt = performance.now();
  private minuteStartedAt = this.startedAt;
  private cpu = process.cpuUsage();
  private readonly timer = setInterval(() => this.look(), lookEveryMs);

  constructor(
    private readonly watch: FamilyWatch,
    private readonly tally: Tally,
    private readonly count: number,
    private readonly onMinute: (minute: Minute, number: number) => void,
  ) {}

  secondOf(at: number): number {
    return (at - this.startedAt) / 1_000;
  }

  /** With its fraction; the first is 0. */
  minuteOf(at: number): number {
    return (at - this.startedAt) / minuteMs;
  }

  /** Ends the last minute, when its last request is answered. */
  finish(): void {
    this.watch.look();
    while (this.minutes.length < this.count) this.endMinute();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.watch.look();
    const ended = this.minutes.length + 1;
    if (ended < this.count && this.minuteOf(performance.now()) >= ended) this.endMinute();
  }

  private endMinute(): void {
    const answers = this.tally.take();
    const { memoryMiB, cpuMs } = this.watch.take();
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
