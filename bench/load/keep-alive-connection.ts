import { buildConnector, Client } from 'undici';
import type { Outgoing } from './load.js';

/** How a request ended. Times are those of `performance.now()`. */
export interface RequestResult {
  /** Of a complete answer. */
  readonly status: number | undefined;
  /** Code of the error, if there was no complete answer. */
  readonly failure: string | undefined;
  readonly endedAt: number;
  /** When its first byte was written; undefined without a connection. */
  readonly sentAt: number | undefined;
  readonly connection: ConnectionInfo | undefined;
}

/** A connection to the server. */
export interface ConnectionInfo {
  readonly openedAt: number;
  readonly localPort: number;
}

const requestTimeoutMs = 30_000;

/**
 * Sends one request after the other over one connection, and opens another when that is closed or old. It uses one
 * client per connection instead of a pool, so that the connection of every request is known and none is sent twice.
 */
export class KeepAliveConnection {
  private connectionInfo: ConnectionInfo | undefined;
  private client: Client;

  constructor(
    private readonly url: string,
    private readonly lifetimeMs: number,
  ) {
    this.client = this.open();
  }

  /** Never rejects. */
  send(request: Outgoing): Promise<RequestResult> {
    if (this.connectionInfo && performance.now() - this.connectionInfo.openedAt > this.lifetimeMs) this.renew();
    return new Promise((resolve) => {
      let [status, sentAt, connection]: [number?, number?, ConnectionInfo?] = [];
      const end = (failure?: string) => {
        resolve({ status: failure ? undefined : status, failure, endedAt: performance.now(), sentAt, connection });
      };
      this.client.dispatch(request, {
        onRequestStart: () => ([sentAt, connection] = [performance.now(), this.connectionInfo]),
        onResponseStart: (_controller, code) => (status = code),
        onResponseData: () => undefined,
        onResponseEnd: () => end(),
        onResponseError: (_controller, error) => end(codeOf(error)),
      });
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private renew(): void {
    void this.client.close();
    this.client = this.open();
  }

  private open(): Client {
    this.connectionInfo = undefined;
    const connect = buildConnector({});
    return new Client(this.url, {
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
      connect: (options, callback) => {
        connect(options, (...[error, socket]) => {
          if (error) return callback(error, null);
          this.connectionInfo = { openedAt: performance.now(), localPort: socket.localPort ?? 0 };
          callback(null, socket);
        });
      },
    });
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
