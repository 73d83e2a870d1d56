import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

export interface TransportLimits {
  /** The timeout for connecting, including the name look-up. */
  readonly connectMs: number;
  /** Without a byte in either direction; also the longest wait for a free connection of the pool. */
  readonly silenceMs: number;
}

/** The store took longer than the product waits. */
export class StoreTimeout extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Statuses after which the client throws without reading the body, which would block the connection. */
const unreadStatuses = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

type OnResponse = (response: IncomingMessage) => void;

/**
 * The transport of one call of the S3 client. The client supports neither timeouts nor abort signals, and hides status
 * and headers. This adds timeouts and signals, and keeps the last response for the caller.
 */
export class LimitedTransport {
  response: IncomingMessage | undefined;

  constructor(
    private readonly secure: boolean,
    private readonly limits: TransportLimits,
    private readonly signal?: AbortSignal,
  ) {}

  /** The signature is Node.js's, of which the client uses the form with options and listener. */
  request(options: RequestOptions | string | URL, onResponse?: RequestOptions | OnResponse): ClientRequest {
    if (typeof options === 'string' || options instanceof URL || typeof onResponse !== 'function') {
      throw new TypeError('requests of the S3 client come as options and a listener');
    }
    const send = this.secure ? https.request : http.request;
    let answer: IncomingMessage | undefined;
    const request = send({ ...options, signal: this.signal }, (response) => {
      this.response = answer = response;
      if (unreadStatuses.has(response.statusCode ?? 0)) response.resume();
      onResponse(response);
    });
    limitConnecting(request, this.limits);
    limitSilence(request, this.limits, () => answer);
    return request;
  }
}

function limitSilence(
  request: ClientRequest,
  limits: TransportLimits,
  answerTo: () => IncomingMessage | undefined,
): void {
  request.setTimeout(limits.silenceMs, () => {
    const answer = answerTo();
    // Unread bytes mean that the reader is slow, not the store.
    if (answer && answer.readableLength > 0) limitSilence(request, limits, answerTo);
    // The reader of an answer gets the error from the answer, because a destroyed request only emits `aborted`.
    else (answer ?? request).destroy(new StoreTimeout('the object store fell silent'));
  });
}

function limitConnecting(request: ClientRequest, { connectMs, silenceMs }: TransportLimits): void {
  const destroyAfter = (ms: number, message: string) =>
    setTimeout(() => request.destroy(new StoreTimeout(message)), ms);
  let timer = destroyAfter(silenceMs, 'no connection to the object store became free');
  const stop = () => clearTimeout(timer);
  request.once('socket', (socket) => {
    stop();
    if (!socket.connecting) return;
    timer = destroyAfter(connectMs, 'the object store did not accept the connection in time');
    socket.once('connect', stop);
  });
  request.once('close', stop);
}
