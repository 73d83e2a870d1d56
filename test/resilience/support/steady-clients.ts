import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

interface SteadyOptions {
  readonly clients: number;
  /** One connection for all requests of a client, or one for each request. */
  readonly connections: 'kept' | 'new';
  readonly path: string;
  readonly pauseMs?: number;
}

const requestTimeoutMs = 20_000;

/** Clients that send one request after the other until they are stopped, each exactly once. */
export class SteadyClients {
  readonly statuses = new Map<number, number>();
  /** Requests without an answer: when, and why. */
  readonly failures: { readonly at: number; readonly reason: string }[] = [];
  private readonly loops: Promise<void>[] = [];
  private isOver = false;

  constructor(
    private readonly url: string,
    private readonly options: SteadyOptions,
  ) {
    for (let index = 0; index < options.clients; index += 1) this.loops.push(this.repeat());
  }

  get answered(): number {
    return [...this.statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  private async repeat(): Promise<void> {
    const { connections, pauseMs = 10 } = this.options;
    const agent = connections === 'kept' ? new http.Agent({ keepAlive: true, maxSockets: 1 }) : false;
    while (!this.isOver) {
      await ask(this.url + this.options.path, agent).then(
        (status) => this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1),
        (error: unknown) => this.failures.push({ at: performance.now(), reason: String(error) }),
      );
      await delay(pauseMs);
    }
    if (agent) agent.destroy();
  }
}

/** The status of one GET. */
export function ask(url: string, agent: http.Agent | false): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, signal: AbortSignal.timeout(requestTimeoutMs) });
    request.on('error', reject);
    request.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
  });
}
