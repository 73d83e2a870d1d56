import cluster, { type Worker } from 'node:cluster';
import { returnUntakenConnections } from './untaken-connections.js';
import { isWorkerReport, type WorkerCommand, type WorkerReady, type WorkerReport } from './messages.js';
import { metricsOfAllWorkers } from './metrics-of-all-workers.js';

/** A worker ended before it answered requests. The message gives the reason. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

interface WorkerOptions {
  readonly number: number;
  readonly isMigrating: boolean;
  /** Added to this process's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Longer than the worker's own timeout. Afterwards the embedded database still has to be stopped. */
const stopTimeoutMs = 7_500;
const drainTimeoutMs = 10 * 60_000;

/** One worker, from its fork to its end, as the primary process sees it. */
export class WorkerProcess {
  /** Resolves when the worker answers requests. @throws WorkerFailed */
  readonly ready: Promise<WorkerReady>;
  /** Describes how the worker ended. */
  readonly ended: Promise<string>;
  private readonly worker: Worker;

  constructor({ number, isMigrating, environment }: WorkerOptions) {
    this.worker = cluster.fork(environment);
    returnUntakenConnections(this.worker);
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code: number, signal: string | null) => {
        resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`);
      });
    });
    this.ready = this.listen(number);
    // Prevents an unhandled rejection, because not all callers await it.
    this.ready.catch(() => undefined);
    this.send({ order: 'start', number, isMigrating });
  }

  /** Lets the worker finish running requests, and waits for its end. */
  async drain(): Promise<void> {
    await this.end({ order: 'drain' }, drainTimeoutMs);
  }

  async stop(): Promise<void> {
    await this.end({ order: 'stop' }, stopTimeoutMs);
  }

  private async end(command: WorkerCommand, timeoutMs: number): Promise<void> {
    this.send(command);
    const kill = setTimeout(() => this.worker.process.kill('SIGKILL'), timeoutMs);
    await this.ended;
    clearTimeout(kill);
  }

  private listen(number: number): Promise<WorkerReady> {
    return new Promise((resolve, reject) => {
      this.worker.on('message', (message: unknown) => {
        if (!isWorkerReport(message)) return;
        if (message.report === 'ready') resolve(message);
        else if (message.report === 'failed') reject(new WorkerFailed(message.reason));
        else void this.sendMetrics(message);
      });
      void this.ended.then((how) => {
        reject(new WorkerFailed(`worker ${number} ${how} before it answered requests`));
      });
    });
  }

  private async sendMetrics({ question }: Extract<WorkerReport, { report: 'give metrics' }>): Promise<void> {
    const text = await metricsOfAllWorkers().catch(() => undefined);
    this.send({ order: 'take metrics', question, text });
  }

  /** Messages to a worker that has ended are dropped; `ended` reports its end. */
  private send(command: WorkerCommand): void {
    if (this.worker.isConnected()) this.worker.send(command, () => undefined);
  }
}
