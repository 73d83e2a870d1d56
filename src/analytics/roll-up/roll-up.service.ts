import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OutageLogger } from '../../database/outage-logger.js';
import { RollUpWriter } from './roll-up-writer.js';

const intervalMs = 1_000;
const rollUpFailure = 'could not roll downloads up';

/** Updates the sums of downloads every second. */
@Injectable()
export class RollUpService implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly writer: RollUpWriter,
    private readonly outages: OutageLogger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.writer.adaptToCluster();
    this.timer = setInterval(() => this.run(), intervalMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  private run(): void {
    this.running ??= this.catchUp()
      .then(
        () => this.outages.recordSuccess(rollUpFailure),
        (error: unknown) => this.outages.recordFailure(rollUpFailure, error),
      )
      .finally(() => (this.running = undefined));
  }

  private async catchUp(): Promise<void> {
    while (!this.isStopping && (await this.writer.rollUp()));
  }
}
