import cluster, { type Worker } from 'node:cluster';
import { returnUntakenConnections } from './untaken-connections.js';
import { isReport, type Order, type Ready, type Report } from './messages.js';
import { metricsOfAllWorkers } from './metrics-of-all-workers.js';

/** A worker ended before it answered requests: `message` says why, for people. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

interface WorkerOptions {
  readonly number: number;
  readonly migrates: boolean;
  /** Added to this process's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Beyond what a worker itself allows for its end; then the embedded database is still to be stopped. */
const longestStopMs = 7_500;
const longestRetirementMs = 10 * 60_000;

/** One worker, from its fork to its end, as the primary process sees it. */
export class WorkerProcess {
  /** When it answers requests. @throws WorkerFailed */
  readonly ready: Promise<Ready>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  private readonly worker: Worker;

  constructor({ number, migrates, environment }: WorkerOptions) {
    this.worker = cluster.fork(environment);
    returnUntakenConnections(this.worker);
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code: number, signal: string | null) => {
        resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`);
      });
    });
    this.ready = this.hear(number);
    // Not everybody waits for it.
    this.ready.catch(() => undefined);
    this.tell({ order: 'start', number, migrates });
  }

  /** Lets it answer what is under way, however long that takes, and waits for its end. */
  async retire(): Promise<void> {
    await this.end({ order: 'retire' }, longestRetirementMs);
  }

  async stop(): Promise<void> {
    await this.end({ order: 'stop' }, longestStopMs);
  }

  private async end(order: Order, longestMs: number): Promise<void> {
    this.tell(order);
    const kill = setTimeout(() => this.worker.process.kill('SIGKILL'), longestMs);
    await this.ended;
    clearTimeout(kill);
  }

  private hear(number: number): Promise<Ready> {
    return new Promise((resolve, reject) => {
      this.worker.on('message', (message: unknown) => {
        if (!isReport(message)) return;
        if (message.report === 'ready') resolve(message);
        else if (message.report === 'failed') reject(new WorkerFailed(message.reason));
        else void this.giveMetrics(message);
      });
      void this.ended.then((how) => {
        reject(new WorkerFailed(`worker ${number} ${how} before it answered requests`));
      });
    });
  }

  private async giveMetrics({ question }: Extract<Report, { report: 'give metrics' }>): Promise<void> {
    const text = await metricsOfAllWorkers().catch(() => undefined);
    this.tell({ order: 'take metrics', question, text });
  }

  /** One that has gone hears nothing any more; that it has gone is told by `ended`. */
  private tell(order: Order): void {
    if (this.worker.isConnected()) this.worker.send(order, () => undefined);
  }
}
