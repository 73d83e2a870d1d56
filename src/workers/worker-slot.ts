import type { Logger } from 'pino';
import { Backoff } from '@promptyard/embedded-postgres/backoff.js';
import type { WorkerReady } from './messages.js';
import { WorkerProcess } from './worker-process.js';

interface StartOptions {
  readonly isMigrating: boolean;
}

/** Keeps one worker running. A worker that dies is restarted, with a growing delay if it keeps dying. */
export class WorkerSlot {
  private readonly backoff = new Backoff();
  /** All workers that were started here and have not ended. During a replacement these are two. */
  private readonly workers = new Set<WorkerProcess>();
  private current: WorkerProcess | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly number: number,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly logger: Logger,
  ) {}

  /** Starts the first worker here. @throws WorkerFailed */
  start(options: StartOptions): Promise<WorkerReady> {
    return this.enqueue(() => this.launch(options));
  }

  /**
   * Starts a new worker, then drains the old one, and resolves when that has ended. @throws WorkerFailed if the new one
   * does not start; the old one then stays
   */
  replace(options: StartOptions): Promise<void> {
    return this.enqueue(async () => {
      const old = this.current;
      await this.launch(options);
      await old?.drain();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.workers].map((worker) => worker.stop()));
  }

  private async launch({ isMigrating }: StartOptions): Promise<WorkerReady> {
    if (this.isClosed) throw new Error('the server is being stopped');
    const worker = new WorkerProcess({ number: this.number, isMigrating, environment: this.environment });
    this.workers.add(worker);
    void worker.ended.then((how) => this.onEnd(worker, how));
    const ready = await worker.ready;
    this.current = worker;
    return ready;
  }

  private onEnd(worker: WorkerProcess, how: string): void {
    this.workers.delete(worker);
    if (this.current !== worker) return;
    this.current = undefined;
    if (this.isClosed) return;
    this.logger.warn({ worker: this.number }, `the worker ${how}; another takes its place`);
    void this.enqueue(() => this.restart());
  }

  private async restart(): Promise<void> {
    while (!this.current && !this.isClosed) {
      await this.backoff.beforeAttempt();
      await this.launch({ isMigrating: false }).catch((error: unknown) => {
        if (!this.isClosed) this.logger.error({ worker: this.number }, String(error));
      });
    }
  }

  /** Runs one change at a time, so that a worker that dies during its replacement is not restarted as well. */
  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
