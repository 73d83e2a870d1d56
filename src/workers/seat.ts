import type { Logger } from 'pino';
import { Backoff } from '@promptyard/embedded-postgres/backoff.js';
import type { Ready } from './messages.js';
import { WorkerProcess } from './worker-process.js';

interface StartOptions {
  readonly migrates: boolean;
}

/** The place of one worker: whoever dies there has a successor, which comes ever later if it keeps dying. */
export class Seat {
  private readonly backoff = new Backoff();
  /** Everybody who was started here and has not ended; while one takes over from another, both. */
  private readonly workers = new Set<WorkerProcess>();
  private holder: WorkerProcess | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly number: number,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly logger: Logger,
  ) {}

  /** Starts the first worker here. @throws WorkerFailed */
  fill(options: StartOptions): Promise<Ready> {
    return this.inTurn(() => this.launch(options));
  }

  /** Lets a new worker listen, then the old one go; returns when that has ended. @throws WorkerFailed: the old one stays */
  replace(options: StartOptions): Promise<void> {
    return this.inTurn(async () => {
      const old = this.holder;
      await this.launch(options);
      await old?.retire();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.workers].map((worker) => worker.stop()));
  }

  private async launch({ migrates }: StartOptions): Promise<Ready> {
    if (this.isClosed) throw new Error('the server is being stopped');
    const worker = new WorkerProcess({ number: this.number, migrates, environment: this.environment });
    this.workers.add(worker);
    void worker.ended.then((how) => this.onEnd(worker, how));
    const ready = await worker.ready;
    this.holder = worker;
    return ready;
  }

  private onEnd(worker: WorkerProcess, how: string): void {
    this.workers.delete(worker);
    if (this.holder !== worker) return;
    this.holder = undefined;
    if (this.isClosed) return;
    this.logger.warn({ worker: this.number }, `the worker ${how}; another takes its place`);
    void this.inTurn(() => this.refill());
  }

  private async refill(): Promise<void> {
    while (!this.holder && !this.isClosed) {
      await this.backoff.beforeAttempt();
      await this.launch({ migrates: false }).catch((error: unknown) => {
        if (!this.isClosed) this.logger.error({ worker: this.number }, String(error));
      });
    }
  }

  /** One change at a time: a worker that dies while another is about to take its place has its successor already. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}
