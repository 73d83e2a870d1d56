import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { AnalyticsConfig } from '../config/analytics.config.js';
import { OutageLogger } from '../database/outage-logger.js';
import { DownloadLogger, type Download } from '../versions/download-logger.js';
import { Download as DownloadEntity } from './download.entity.js';
import { type DownloadRecord, DownloadRepository } from './download.repository.js';
import { DownloadRetractor } from './roll-up/download-retractor.js';
import { visitorHash } from './visitor.js';

/** A record to be retracted. Retracted repeatedly while its commit may still arrive. */
interface Retraction {
  readonly record: DownloadRecord;
  readonly canCommitLate: boolean;
  retryUntil?: number;
}

interface Pending {
  readonly record: DownloadRecord;
  resolve(): void;
  reject(cause: unknown): void;
  isAbandoned: boolean;
}

const maxConcurrentBatches = 2;
const maxBatchSize = 1_000;
const retractIntervalMs = 1_000;
const retractFailure = 'could not take back downloads that were not answered';
const maxRetractionBatch = 5_000;
/** Longer than a statement whose connection was lost can run and commit once PostgreSQL answers again. */
const commitTimeoutMs = 15_000;

/**
 * Records downloads in batches. Downloads that arrive while a batch is being written are collected for the next one;
 * otherwise a download is written at once. A request that timed out before its record was committed has been answered
 * with an error, so its record is retracted.
 */
@Injectable()
export class DownloadRecorder extends DownloadLogger implements OnApplicationShutdown {
  private readonly salt: KeyObject;
  private queue: Pending[] = [];
  private readonly activeBatches = new Set<Promise<void>>();
  private isScheduled = false;
  private readonly retractions: Retraction[] = [];
  private retractFailure: Promise<void> | undefined;

  constructor(
    @InjectRepository(DownloadEntity) private readonly downloads: DownloadRepository,
    private readonly retractor: DownloadRetractor,
    private readonly outages: OutageLogger,
    @Inject(AnalyticsConfig.KEY) config: AnalyticsConfig,
  ) {
    super();
    this.salt = createSecretKey(config.visitorSalt);
  }

  record({ versionId, promptId, visitor }: Download, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const record = {
        id: randomUUID(),
        at: new Date(),
        versionId,
        promptId,
        visitor: visitorHash(this.salt, visitor),
      };
      const pending: Pending = { record, resolve, reject, isAbandoned: signal.aborted };
      signal.addEventListener('abort', () => (pending.isAbandoned = true), { once: true });
      this.queue.push(pending);
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.activeBatches);
    // Finishes the running retraction, and retracts what the last batches have left.
    await this.retractFailure;
    await this.retract();
  }

  /** Requests that arrive in the same turn of the event loop share a batch. */
  private schedule(): void {
    if (this.isScheduled || this.activeBatches.size >= maxConcurrentBatches) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.queue = this.queue.filter(({ isAbandoned }) => !isAbandoned);
      const batch = this.queue.splice(0, maxBatchSize);
      if (batch.length === 0) return;
      const sent = this.send(batch).finally(() => {
        this.activeBatches.delete(sent);
        if (this.queue.length > 0) this.schedule();
      });
      this.activeBatches.add(sent);
    });
  }

  private async send(batch: readonly Pending[]): Promise<void> {
    try {
      await this.downloads.record(batch.map(({ record }) => record));
      this.settleCommitted(batch);
    } catch (cause) {
      // It is unknown whether the batch was or will be committed, because PostgreSQL may not have noticed the lost
      // connection.
      this.retractions.push(...batch.map(({ record }) => ({ record, canCommitLate: true })));
      for (const pending of batch) pending.reject(cause);
    }
  }

  private settleCommitted(batch: readonly Pending[]): void {
    for (const pending of batch) {
      if (pending.isAbandoned) this.retractions.push({ record: pending.record, canCommitLate: false });
      else pending.resolve();
    }
  }

  /** One at a time, because each waits for the lock on a connection that requests could use. */
  @Interval(retractIntervalMs)
  retract(): Promise<void> {
    return (this.retractFailure ??= this.retractDue().finally(() => (this.retractFailure = undefined)));
  }

  private async retractDue(): Promise<void> {
    const due = this.retractions.splice(0, maxRetractionBatch);
    if (due.length === 0) return;
    try {
      await this.retractor.retract(due.map(({ record }) => record));
      this.retractions.push(...due.filter(canStillCommit));
      this.outages.recordSuccess(retractFailure);
    } catch (error) {
      this.retractions.push(...due);
      this.outages.recordFailure(retractFailure, error);
    }
  }
}

/** Called when PostgreSQL has answered a retraction. The time for a late commit runs from then on. */
function canStillCommit(retraction: Retraction): boolean {
  retraction.retryUntil ??= Date.now() + commitTimeoutMs;
  return retraction.canCommitLate && Date.now() < retraction.retryUntil;
}
