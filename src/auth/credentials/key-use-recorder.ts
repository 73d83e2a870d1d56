import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';

const hourMs = 60 * 60 * 1000;
const writeEveryMs = 10_000;
const mostRemembered = 50_000;
const mostWrittenAtOnce = 1_000;

/**
 * Records in which hour a key was last used: once an hour for each key, seconds later and apart from the request. What
 * is lost when a process dies is not worth a write on the way of each request.
 */
@Injectable()
export class KeyUseRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(KeyUseRecorder.name);
  /** The hours in which keys were used that have been noted, by the key. */
  private readonly noted = new Map<string, number>();
  private readonly unwritten = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private isFailing = false;

  constructor(@InjectRepository(ApiKey) private readonly keys: ApiKeyRepository) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), writeEveryMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  note(keyId: string): void {
    const hour = Math.floor(Date.now() / hourMs);
    if (this.noted.get(keyId) === hour) return;
    if (this.noted.size >= mostRemembered) this.noted.clear();
    this.noted.set(keyId, hour);
    if (this.unwritten.size < mostRemembered) this.unwritten.set(keyId, hour);
  }

  private async write(): Promise<void> {
    const hours = [...this.unwritten].slice(0, mostWrittenAtOnce);
    if (hours.length === 0) return;
    for (const [keyId] of hours) this.unwritten.delete(keyId);
    try {
      await this.keys.recordUses(hours.map(([keyId, hour]) => ({ keyId, at: new Date(hour * hourMs) })));
      this.isFailing = false;
    } catch (error) {
      for (const [keyId, hour] of hours) if (!this.unwritten.has(keyId)) this.unwritten.set(keyId, hour);
      if (!this.isFailing) this.log.warn(`the last uses of keys are not recorded: ${String(error)}`);
      this.isFailing = true;
    }
  }
}
