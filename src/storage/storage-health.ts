import { Inject, Injectable, Logger } from '@nestjs/common';
import { StorageFull, StorageUnavailable } from '../common/errors/catalogue.js';
import { StorageConfig } from '../config/storage.config.js';
import { ObjectStorage, type StorageVerdict } from './object-storage.js';
import { isFull, StorageUnfit } from './storage.errors.js';

const checkedForMs = 5_000;
/** How long uploads are refused by a verdict before they have the store tried again. */
const refusedForMs = 1_000;
const sameFailureLoggedAgainMs = 60_000;

interface Known {
  readonly verdict: StorageVerdict;
  readonly at: number;
}

/** What is known of the object store's fitness for packages, and the log of how that changes. */
@Injectable()
export class StorageHealth {
  private readonly log = new Logger(StorageHealth.name);
  private known: Known | undefined;
  private running: Promise<StorageVerdict> | undefined;
  private failureLoggedAt = -Infinity;

  constructor(
    private readonly storage: ObjectStorage,
    @Inject(StorageConfig.KEY) private readonly config: StorageConfig,
  ) {}

  /** Not older than some seconds. */
  verdict(): Promise<StorageVerdict> {
    return this.knownFor(checkedForMs) ?? this.check();
  }

  /** The latest verdict, if it was a bad one. */
  get failure(): StorageVerdict | undefined {
    return this.known?.verdict.ok === false ? this.known.verdict : undefined;
  }

  /** Lets packages in, or not. @throws StorageFull, StorageUnavailable, StorageUnfit */
  async requireFit(): Promise<void> {
    if (this.known?.verdict.ok) {
      // Tried beside the upload, and not before it: what is wrong by now, the upload itself may find out.
      if (!this.knownFor(checkedForMs)) void this.check();
      return;
    }
    const verdict = await (this.knownFor(refusedForMs) ?? this.check());
    if (!verdict.ok) throw refusal(verdict);
  }

  private knownFor(ms: number): Promise<StorageVerdict> | undefined {
    return this.known && Date.now() - this.known.at < ms ? Promise.resolve(this.known.verdict) : undefined;
  }

  private check(): Promise<StorageVerdict> {
    this.running ??= this.storage.probe().then((verdict) => {
      this.running = undefined;
      this.tell(verdict);
      this.known = { verdict, at: Date.now() };
      return verdict;
    });
    return this.running;
  }

  /** The first verdict, each change between fit and unfit, and once a minute why it is unfit. */
  private tell(verdict: StorageVerdict): void {
    const before = this.known?.verdict;
    const remarks = verdict.checks.filter((each) => each.detail).map((each) => `${each.name}: ${each.detail}`);
    const notices = verdict.checks.flatMap(({ notice }) => notice ?? []);
    const line = [`objects are kept in ${placeOf(this.config)}`, ...notices, ...remarks].join('; ');
    if (!verdict.ok) this.tellFailure(line, before?.ok !== false);
    else if (before?.ok === false) this.log.warn(`object storage is usable again: ${line}`);
    else if (notices.length > 0 || (!before && remarks.length > 0)) this.log.warn(line);
    else if (!before) this.log.log(line);
  }

  private tellFailure(line: string, isNew: boolean): void {
    if (!isNew && performance.now() - this.failureLoggedAt < sameFailureLoggedAgainMs) return;
    this.failureLoggedAt = performance.now();
    this.log.error(`object storage is not usable, uploads are refused until it is: ${line}`);
  }
}

/** An errno is what the network or the file system says; whatever else it is, the store has answered. */
function refusal({ checks }: StorageVerdict): Error {
  const { name, detail = '' } = checks.find(({ ok }) => !ok) ?? { name: 'answer' };
  const [code = ''] = detail.split(':');
  const cause = new Error(`the self-test failed: ${name}: ${detail}`);
  if (isFull({ code })) return StorageFull(undefined, { cause });
  return (/^(E[A-Z0-9_]+|failed)$/.test(code) ? StorageUnavailable : StorageUnfit)(undefined, { cause });
}

function placeOf(config: StorageConfig): string {
  return config.kind === 's3' ? `bucket ${config.bucket} at ${config.endpoint}` : config.directory;
}
