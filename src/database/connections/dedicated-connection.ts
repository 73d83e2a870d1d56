import { Client, type ClientConfig } from 'pg';
import type { OutageLogger } from '../outage-logger.js';
import { endConnection } from './end-connection.js';

export interface DedicatedConnectionOptions {
  readonly config: ClientConfig;
  readonly outages: Pick<OutageLogger, 'recordFailure' | 'recordSuccess'>;
  /** What the log says while the connection cannot be opened. */
  readonly failure: string;
  /** Milliseconds between two attempts, and between a loss and the next attempt if the connection lived no longer. */
  readonly retryMs: number;
  /** Sets the session up. The connection counts as open once this has succeeded. */
  prepare(client: Client): Promise<void>;
  onOpen(client: Client): void;
  onLost(cause: unknown): void;
}

/** A connection beside the pool, for what belongs to a session, such as a lock or LISTEN. It is reopened after a loss. */
export class DedicatedConnection {
  private client: Client | undefined;
  private openedAt = -Infinity;
  private retry: NodeJS.Timeout | undefined;
  private isClosing = false;

  constructor(private readonly options: DedicatedConnectionOptions) {}

  /** Undefined while it is not open. */
  get current(): Client | undefined {
    return this.client;
  }

  /** Opens it in one attempt. @throws Error of the driver */
  async open(): Promise<void> {
    const client = new Client({ connectionTimeoutMillis: 4_000, keepAlive: true, ...this.options.config });
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('the connection was closed')));
    try {
      await client.connect();
      await this.options.prepare(client);
    } catch (error) {
      // If it stayed open, what was asked for would take effect once PostgreSQL answers again.
      client.connection.stream.destroy();
      throw error;
    }
    if (this.isClosing) return endConnection(client);
    this.client = client;
    this.openedAt = performance.now();
    this.options.onOpen(client);
  }

  /** Attempts to open it until it is open. */
  keepOpen(): void {
    if (this.isClosing) return;
    const { outages, failure } = this.options;
    this.open().then(
      () => outages.recordSuccess(failure),
      (error: unknown) => {
        if (this.isClosing) return;
        outages.recordFailure(failure, error);
        this.retryLater();
      },
    );
  }

  /** Gives the connection up, for example because an answer is late. Does nothing if another one is open already. */
  lose(client: Client, cause: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.connection.stream.destroy();
    this.options.onLost(cause);
    if (performance.now() - this.openedAt > this.options.retryMs) this.keepOpen();
    else this.retryLater();
  }

  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.retry);
    if (this.client) await endConnection(this.client);
  }

  private retryLater(): void {
    if (!this.isClosing) this.retry = setTimeout(() => this.keepOpen(), this.options.retryMs).unref();
  }
}
