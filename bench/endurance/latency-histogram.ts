import { createHistogram } from 'node:perf_hooks';

/** In milliseconds; NaN if there were none. */
export interface Quantiles {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const usPerMs = 1_000;
const maxUs = 300 * 1_000 * usPerMs;

/** Latencies since the last `take`, in constant memory. */
export class LatencyHistogram {
  private readonly histogram = createHistogram({ lowest: 1, highest: maxUs, figures: 3 });

  record(ms: number): void {
    this.histogram.record(Math.min(maxUs, Math.max(1, Math.round(ms * usPerMs))));
  }

  take(): Quantiles {
    const { histogram } = this;
    const { count: requests } = histogram;
    const at = (percent: number) => (requests === 0 ? NaN : histogram.percentile(percent) / usPerMs);
    const quantiles = { requests, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs: at(100) };
    histogram.reset();
    return quantiles;
  }
}
