import type { RequestResult } from '../load/keep-alive-connection.js';
import { LatencyHistogram, type Quantiles } from './latency-histogram.js';
import { mix, type Share, type WriteKind } from './mix.js';

export type ByKind<T> = Readonly<Record<string, T>>;

/** The number of acknowledged writes, and of those without an answer. */
export interface WriteCounts {
  readonly acknowledged: number;
  readonly unanswered: number;
}

/** Counts the results of requests. Latencies are measured from the due time, for complete answers only. */
export class RequestStats {
  private readonly all = new LatencyHistogram();
  private readonly byScenario = new Map(mix.map(({ scenario }) => [scenario.name, new LatencyHistogram()]));
  private readonly errors = new Map<string, number>();
  private readonly writes = new Map<WriteKind, WriteCounts>();
  private unexpected = 0;

  record({ scenario, writes: writeKind }: Share, dueAt: number, { status, failure, endedAt }: RequestResult): void {
    const isAsItShouldBe = status === scenario.status.product;
    if (status !== undefined) {
      this.all.record(endedAt - dueAt);
      this.byScenario.get(scenario.name)?.record(endedAt - dueAt);
    }
    if (status !== undefined && !isAsItShouldBe) this.unexpected += 1;
    if (!isAsItShouldBe) this.count(failure ?? `${status} for ${scenario.name}`);
    if (writeKind && isAsItShouldBe) this.write(writeKind, { acknowledged: 1, unanswered: 0 });
    if (writeKind && status === undefined) this.write(writeKind, { acknowledged: 0, unanswered: 1 });
  }

  /** Answers of the whole run with an unexpected status. */
  get unexpectedAnswers(): number {
    return this.unexpected;
  }

  /** Of a whole run. */
  written(trace: WriteKind): WriteCounts {
    return this.writes.get(trace) ?? { acknowledged: 0, unanswered: 0 };
  }

  /** Since the last call. */
  take(): Quantiles & { readonly errors: ByKind<number>; readonly scenarios: ByKind<Quantiles> } {
    const errors = Object.fromEntries(this.errors);
    this.errors.clear();
    const scenarios = Object.fromEntries([...this.byScenario].map(([name, latencies]) => [name, latencies.take()]));
    return { ...this.all.take(), errors, scenarios };
  }

  private count(error: string): void {
    this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  private write(trace: WriteKind, { acknowledged, unanswered }: WriteCounts): void {
    const before = this.written(trace);
    this.writes.set(trace, {
      acknowledged: before.acknowledged + acknowledged,
      unanswered: before.unanswered + unanswered,
    });
  }
}
