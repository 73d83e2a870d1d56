import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { OutageLogger } from '../../database/outage-logger.js';
import { RollUpWriter } from './roll-up-writer.js';

const intervalMs = 1_000;
const rollUpFailure = 'could not roll downloads up';

/** Updates the sums of downloads every second. */
@Injectable()
export class RollUpService implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<void> | undefined;
  private isReady = false;
  private isStopping = false;

  constructor(
    private readonly writer: RollUpWriter,
    private readonly outages: OutageLogger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.writer.adaptToCluster();
    this.isReady = true;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  @Interval(intervalMs)
  run(): void {
    if (!this.isReady) return;
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
