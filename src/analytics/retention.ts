import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { AnalyticsConfig } from '../config/analytics.config.js';
import { OutageLog } from '../database/outage-log.js';
import { type Outcome, RetentionRepository } from './retention.repository.js';

const everyMs = 60 * 60 * 1_000;
const tries = 40;
const pauseMs = 250;
const tidying = 'could not tidy downloads up';

/** Makes room for the downloads to come, and lets go of those that only their sums are needed of any more. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(AnalyticsConfig.KEY) private readonly config: AnalyticsConfig,
    private readonly downloads: RetentionRepository,
    private readonly outages: OutageLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.run(), everyMs).unref();
    this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.settled();
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** What cannot be done now is done an hour later: no download depends on it. */
  run(): void {
    this.running ??= this.tidyUp()
      .then(
        () => this.outages.succeeded(tidying),
        (error: unknown) => this.outages.failed(tidying, error),
      )
      .finally(() => (this.running = undefined));
  }

  private async tidyUp(): Promise<void> {
    for (const month of await this.downloads.upcoming()) await this.insist(() => this.downloads.make(month));
    await this.insist(() => this.downloads.forgetVisitors());
    const months = this.config.downloadRetentionMonths;
    if (months === 0) return;
    for (const name of await this.downloads.expired(months)) await this.insist(() => this.downloads.drop(name));
    for (const name of await this.downloads.partlyExpired(months)) {
      await this.insist(() => this.downloads.deleteOld(name, months));
    }
  }

  private async insist(step: () => Promise<Outcome>): Promise<void> {
    for (let tried = 0; tried < tries && !this.stopping.signal.aborted; tried += 1) {
      if ((await step()) !== 'later') return;
      await delay(pauseMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }
}
