import type { Ending } from '../load/kept-connection.js';
import { Latencies, type Quantiles } from './latencies.js';
import { mix, type Share, type Trace } from './mix.js';

export type ByKind<T> = Readonly<Record<string, T>>;

/** Writes that were answered as they should be, and those of which nobody knows how they ended. */
export interface Written {
  readonly acknowledged: number;
  readonly unanswered: number;
}

/** What came of the requests. Latencies count from when a request was due, those of whole answers only. */
export class Tally {
  private readonly all = new Latencies();
  private readonly byScenario = new Map(mix.map(({ scenario }) => [scenario.name, new Latencies()]));
  private readonly errors = new Map<string, number>();
  private readonly writes = new Map<Trace, Written>();
  private unexpected = 0;

  record({ scenario, leaves }: Share, dueAt: number, { status, failure, endedAt }: Ending): void {
    const isAsItShouldBe = status === scenario.status.product;
    if (status !== undefined) {
      this.all.record(endedAt - dueAt);
      this.byScenario.get(scenario.name)?.record(endedAt - dueAt);
    }
    if (status !== undefined && !isAsItShouldBe) this.unexpected += 1;
    if (!isAsItShouldBe) this.count(failure ?? `${status} for ${scenario.name}`);
    if (leaves && isAsItShouldBe) this.write(leaves, { acknowledged: 1, unanswered: 0 });
    if (leaves && status === undefined) this.write(leaves, { acknowledged: 0, unanswered: 1 });
  }

  /** Answers of a whole run that had another status than they should. */
  get unexpectedAnswers(): number {
    return this.unexpected;
  }

  /** Of a whole run. */
  written(trace: Trace): Written {
    return this.writes.get(trace) ?? { acknowledged: 0, unanswered: 0 };
  }

  /** Since it was asked last. */
  take(): Quantiles & { readonly errors: ByKind<number>; readonly scenarios: ByKind<Quantiles> } {
    const errors = Object.fromEntries(this.errors);
    this.errors.clear();
    const scenarios = Object.fromEntries([...this.byScenario].map(([name, latencies]) => [name, latencies.take()]));
    return { ...this.all.take(), errors, scenarios };
  }

  private count(error: string): void {
    this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  private write(trace: Trace, { acknowledged, unanswered }: Written): void {
    const before = this.written(trace);
    this.writes.set(trace, {
      acknowledged: before.acknowledged + acknowledged,
      unanswered: before.unanswered + unanswered,
    });
  }
}
