import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { setTimeout as delay } from 'node:timers/promises';
import { AnalyticsConfig } from '../../config/analytics.config.js';
import { OutageLogger } from '../../database/outage-logger.js';
import { DownloadPartitions, type StepOutcome } from './download-partitions.js';

const intervalMs = 60 * 60 * 1_000;
const maxAttempts = 40;
const retryDelayMs = 250;
const retentionFailure = 'could not tidy downloads up';

/**
 * Creates the partitions of coming months, and deletes downloads that are older than the retention and already summed
 * up.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    @Inject(AnalyticsConfig.KEY) private readonly config: AnalyticsConfig,
    private readonly partitions: DownloadPartitions,
    private readonly outages: OutageLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.settled();
  }

  /** Resolves once no run is in progress. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** A failure is retried an hour later, because no download depends on it. */
  @Interval(intervalMs)
  run(): void {
    this.running ??= this.applyRetention()
      .then(
        () => this.outages.recordSuccess(retentionFailure),
        (error: unknown) => this.outages.recordFailure(retentionFailure, error),
      )
      .finally(() => (this.running = undefined));
  }

  private async applyRetention(): Promise<void> {
    for (const month of await this.partitions.upcoming()) await this.withRetry(() => this.partitions.create(month));
    await this.withRetry(() => this.partitions.deleteOldVisitors());
    const months = this.config.downloadRetentionMonths;
    if (months === 0) return;
    for (const name of await this.partitions.expired(months)) await this.withRetry(() => this.partitions.drop(name));
    for (const name of await this.partitions.partlyExpired(months)) {
      await this.withRetry(() => this.partitions.deleteExpiredRows(name, months));
    }
  }

  private async withRetry(step: () => Promise<StepOutcome>): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts && !this.stopping.signal.aborted; attempt += 1) {
      if ((await step()) !== 'later') return;
      await delay(retryDelayMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }
}
