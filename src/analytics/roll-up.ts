import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RollUpRepository } from './roll-up.repository.js';

const everyMs = 1_000;

/** Keeps the sums of downloads a second or two behind what is recorded. */
@Injectable()
export class RollUp implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(RollUp.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly sums: RollUpRepository) {}

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
      .catch((error: unknown) => this.log.warn(`could not roll downloads up: ${String(error)}`))
      .finally(() => (this.running = undefined));
  }

  private async catchUp(): Promise<void> {
    while (!this.isStopping && (await this.sums.rollUp()));
  }
}
