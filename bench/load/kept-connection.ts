import { buildConnector, Client } from 'undici';
import type { Outgoing } from './load.js';

/** How a request ended. Times are those of `performance.now()`. */
export interface Ending {
  /** Of a whole answer. */
  readonly status: number | undefined;
  /** Code of the error, if there was no whole answer. */
  readonly failure: string | undefined;
  readonly endedAt: number;
  /** When its first byte was written; undefined if there was no connection to write it to. */
  readonly sentAt: number | undefined;
  readonly line: Line | undefined;
}

/** A connection to the server. */
export interface Line {
  readonly openedAt: number;
  readonly localPort: number;
}

const longestAnswerMs = 30_000;

/**
 * Sends one request after the other over one connection, and opens another when that is gone or old. A client of its own
 * for each connection, not a pool: so every request is known to be on this connection, and none is sent twice.
 */
export class KeptConnection {
  private line: Line | undefined;
  private client: Client;

  constructor(
    private readonly url: string,
    private readonly lifetimeMs: number,
  ) {
    this.client = this.open();
  }

  /** Never rejects. */
  send(request: Outgoing): Promise<Ending> {
    if (this.line && performance.now() - this.line.openedAt > this.lifetimeMs) this.renew();
    return new Promise((resolve) => {
      let [status, sentAt, line]: [number?, number?, Line?] = [];
      const end = (failure?: string) => {
        resolve({ status: failure ? undefined : status, failure, endedAt: performance.now(), sentAt, line });
      };
      this.client.dispatch(request, {
        onRequestStart: () => ([sentAt, line] = [performance.now(), this.line]),
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
    this.line = undefined;
    const connect = buildConnector({});
    return new Client(this.url, {
      headersTimeout: longestAnswerMs,
      bodyTimeout: longestAnswerMs,
      connect: (options, callback) => {
        connect(options, (...[error, socket]) => {
          if (error) return callback(error, null);
          this.line = { openedAt: performance.now(), localPort: socket.localPort ?? 0 };
          callback(null, socket);
        });
      },
    });
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
