import { Inject, Injectable, Logger } from '@nestjs/common';
import { StorageFull, StorageUnavailable } from '../common/errors/catalogue.js';
import { StorageConfig } from '../config/storage.config.js';
import { ObjectStorage, type StorageVerdict } from './object-storage.js';
import { isFull, StorageUnfit } from './storage.errors.js';

const verdictTtlMs = 5_000;
/** How long a bad verdict refuses uploads before the store is probed again. */
const refusalTtlMs = 1_000;
const failureLogIntervalMs = 60_000;

interface TimedVerdict {
  readonly verdict: StorageVerdict;
  readonly at: number;
}

/** Probes whether the object store is fit for packages, caches the verdict, and logs changes. */
@Injectable()
export class StorageHealthService {
  private readonly log = new Logger(StorageHealthService.name);
  private latest: TimedVerdict | undefined;
  private running: Promise<StorageVerdict> | undefined;
  private failureLoggedAt = -Infinity;

  constructor(
    private readonly storage: ObjectStorage,
    @Inject(StorageConfig.KEY) private readonly config: StorageConfig,
  ) {}

  /** A verdict that is at most a few seconds old. */
  verdict(): Promise<StorageVerdict> {
    return this.verdictWithin(verdictTtlMs) ?? this.check();
  }

  /** The latest verdict, if it is bad. */
  get failure(): StorageVerdict | undefined {
    return this.latest?.verdict.ok === false ? this.latest.verdict : undefined;
  }

  /** Throws if the store is not fit for packages. @throws StorageFull, StorageUnavailable, StorageUnfit */
  async requireFit(): Promise<void> {
    if (this.latest?.verdict.ok) {
      // Probed in parallel with the upload, which detects a current problem itself.
      if (!this.verdictWithin(verdictTtlMs)) void this.check();
      return;
    }
    const verdict = await (this.verdictWithin(refusalTtlMs) ?? this.check());
    if (!verdict.ok) throw refusal(verdict);
  }

  private verdictWithin(ms: number): Promise<StorageVerdict> | undefined {
    return this.latest && Date.now() - this.latest.at < ms ? Promise.resolve(this.latest.verdict) : undefined;
  }

  private check(): Promise<StorageVerdict> {
    this.running ??= this.storage.probe().then((verdict) => {
      this.running = undefined;
      this.logVerdict(verdict);
      this.latest = { verdict, at: Date.now() };
      return verdict;
    });
    return this.running;
  }

  /** Logs the first verdict, each change, and the reason of a bad verdict once a minute. */
  private logVerdict(verdict: StorageVerdict): void {
    const before = this.latest?.verdict;
    const remarks = verdict.checks.filter((each) => each.detail).map((each) => `${each.name}: ${each.detail}`);
    const notices = verdict.checks.flatMap(({ notice }) => notice ?? []);
    const line = [`objects are kept in ${describeLocation(this.config)}`, ...notices, ...remarks].join('; ');
    if (!verdict.ok) this.logFailure(line, before?.ok !== false);
    else if (before?.ok === false) this.log.warn(`object storage is usable again: ${line}`);
    else if (notices.length > 0 || (!before && remarks.length > 0)) this.log.warn(line);
    else if (!before) this.log.log(line);
  }

  private logFailure(line: string, isNew: boolean): void {
    if (!isNew && performance.now() - this.failureLoggedAt < failureLogIntervalMs) return;
    this.failureLoggedAt = performance.now();
    this.log.error(`object storage is not usable, uploads are refused until it is: ${line}`);
  }
}

/** An errno comes from the network or the file system. Otherwise the store has answered. */
function refusal({ checks }: StorageVerdict): Error {
  const { name, detail = '' } = checks.find(({ ok }) => !ok) ?? { name: 'answer' };
  const [code = ''] = detail.split(':');
  const cause = new Error(`the self-test failed: ${name}: ${detail}`);
  if (isFull({ code })) return StorageFull(undefined, { cause });
  return (/^(E[A-Z0-9_]+|failed)$/.test(code) ? StorageUnavailable : StorageUnfit)(undefined, { cause });
}

function describeLocation(config: StorageConfig): string {
  return config.kind === 's3' ? `bucket ${config.bucket} at ${config.endpoint}` : config.directory;
}
