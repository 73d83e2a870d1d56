import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AnalyticsConfig } from '../config/analytics.config.js';
import { DownloadLog, type Download } from '../versions/download-log.js';
import { DownloadsRepository, type DownloadRecord } from './downloads.repository.js';
import { visitorHash } from './visitor.js';

interface Pending {
  readonly record: DownloadRecord;
  resolve(): void;
  reject(cause: unknown): void;
  isAbandoned: boolean;
}

const batchesAtOnce = 2;
const largestBatch = 1_000;
const retractEveryMs = 1_000;

/**
 * Records downloads in batches that concurrent requests share: whoever comes while a batch is on its way goes with
 * the next, and nobody waits for company otherwise. A request that gave up before its record was known to be
 * committed was answered with an error, so its record is taken back.
 */
@Injectable()
export class DownloadRecorder extends DownloadLog implements OnApplicationShutdown {
  private readonly log = new Logger(DownloadRecorder.name);
  private queue: Pending[] = [];
  private batchesUnderWay = 0;
  private isScheduled = false;
  private retractions: DownloadRecord[] = [];
  private readonly retractTimer = setInterval(() => void this.retract(), retractEveryMs).unref();

  constructor(
    private readonly downloads: DownloadsRepository,
    @Inject(AnalyticsConfig.KEY) private readonly config: AnalyticsConfig,
  ) {
    super();
  }

  record({ versionId, promptId, visitor }: Download, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const record = {
        id: randomUUID(),
        at: new Date(),
        versionId,
        promptId,
        visitor: visitorHash(this.config.visitorSalt, visitor),
      };
      const pending: Pending = { record, resolve, reject, isAbandoned: false };
      signal.addEventListener('abort', () => (pending.isAbandoned = true), { once: true });
      this.queue.push(pending);
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.retractTimer);
    await this.retract();
  }

  /** Requests that arrive in the same turn of the event loop share a batch. */
  private schedule(): void {
    if (this.isScheduled || this.batchesUnderWay >= batchesAtOnce) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.sendBatch();
    });
  }

  private async sendBatch(): Promise<void> {
    const waiting = this.queue.splice(0, largestBatch);
    const batch = waiting.filter(({ isAbandoned }) => !isAbandoned);
    if (batch.length === 0) return;
    this.batchesUnderWay += 1;
    try {
      await this.downloads.insert(batch.map(({ record }) => record));
      this.settleCommitted(batch);
    } catch (cause) {
      // Whether it was committed may be unknown: the connection can break while PostgreSQL says yes.
      this.retractions.push(...batch.map(({ record }) => record));
      for (const each of batch) each.reject(cause);
    } finally {
      this.batchesUnderWay -= 1;
      if (this.queue.length > 0) this.schedule();
    }
  }

  private settleCommitted(batch: Pending[]): void {
    for (const each of batch) {
      if (each.isAbandoned) this.retractions.push(each.record);
      else each.resolve();
    }
  }

  private async retract(): Promise<void> {
    const records = this.retractions;
    if (records.length === 0) return;
    this.retractions = [];
    try {
      await this.downloads.retract(records);
    } catch (error) {
      this.retractions.push(...records);
      this.log.warn(`could not take back ${records.length} unanswered downloads yet: ${String(error)}`);
    }
  }
}
