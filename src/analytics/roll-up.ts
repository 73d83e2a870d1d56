import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DownloadsRepository } from './downloads.repository.js';

const everyMs = 1_000;
const forgetEveryMs = 60 * 60 * 1_000;

/** Keeps the sums of downloads a second or two behind what is recorded. */
@Injectable()
export class RollUp implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(RollUp.name);
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly downloads: DownloadsRepository) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.downloads.settleIn();
    this.timers = [
      setInterval(() => this.run(() => this.downloads.rollUp()), everyMs).unref(),
      setInterval(() => this.run(() => this.downloads.forgetVisitors()), forgetEveryMs).unref(),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.running;
  }

  private run(task: () => Promise<void>): void {
    this.running ??= task()
      .catch((error: unknown) => this.log.warn(`could not roll downloads up: ${String(error)}`))
      .finally(() => (this.running = undefined));
  }
}
