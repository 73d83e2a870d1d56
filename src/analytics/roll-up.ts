import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OutageLog } from '../database/outage-log.js';
import { RollUpRepository } from './roll-up.repository.js';

const everyMs = 1_000;
const rollingUp = 'could not roll downloads up';

/** Keeps the sums of downloads a second or two behind what is recorded. */
@Injectable()
export class RollUp implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly sums: RollUpRepository,
    private readonly outages: OutageLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sums.settleIn();
    this.timer = setInterval(() => this.run(), everyMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  private run(): void {
    this.running ??= this.catchUp()
      .then(
        () => this.outages.succeeded(rollingUp),
        (error: unknown) => this.outages.failed(rollingUp, error),
      )
      .finally(() => (this.running = undefined));
  }

  private async catchUp(): Promise<void> {
    while (!this.isStopping && (await this.sums.rollUp()));
  }
}
