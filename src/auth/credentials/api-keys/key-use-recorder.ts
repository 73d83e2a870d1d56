import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';

const hourMs = 60 * 60 * 1000;
const writeIntervalMs = 10_000;
const maxRemembered = 50_000;
const maxBatchSize = 1_000;

/**
 * Records the hour in which a key was last used: at most once an hour for each key, seconds later and outside of the
 * request. A lost record after a crash is acceptable; a write in each request would not be.
 */
@Injectable()
export class KeyUseRecorder implements OnApplicationShutdown {
  private readonly log = new Logger(KeyUseRecorder.name);
  /** The last recorded hour by key. */
  private readonly recordedHours = new Map<string, number>();
  private readonly pendingHours = new Map<string, number>();
  private isFailing = false;

  constructor(@InjectRepository(ApiKey) private readonly keys: ApiKeyRepository) {}

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  record(keyId: string): void {
    const hour = Math.floor(Date.now() / hourMs);
    if (this.recordedHours.get(keyId) === hour) return;
    if (this.recordedHours.size >= maxRemembered) this.recordedHours.clear();
    this.recordedHours.set(keyId, hour);
    if (this.pendingHours.size < maxRemembered) this.pendingHours.set(keyId, hour);
  }

  @Interval(writeIntervalMs)
  async flush(): Promise<void> {
    const hours = [...this.pendingHours].slice(0, maxBatchSize);
    if (hours.length === 0) return;
    for (const [keyId] of hours) this.pendingHours.delete(keyId);
    try {
      await this.keys.recordUses(hours.map(([keyId, hour]) => ({ keyId, at: new Date(hour * hourMs) })));
      this.isFailing = false;
    } catch (error) {
      for (const [keyId, hour] of hours) if (!this.pendingHours.has(keyId)) this.pendingHours.set(keyId, hour);
      if (!this.isFailing) this.log.warn(`the last uses of keys are not recorded: ${String(error)}`);
      this.isFailing = true;
    }
  }
}
