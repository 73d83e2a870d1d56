import { type IncomingHttpHeaders, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { type RequestTarget, protocolOf } from '../protocol.js';
import { BadRequest, HeaderTooLarge, RequestTimeout } from './catalogue.js';
import { dialectOf } from './error-dialect.js';

const definitions = new Map([
  ['HPE_HEADER_OVERFLOW', HeaderTooLarge],
  ['ERR_HTTP_REQUEST_TIMEOUT', RequestTimeout],
]);

/**
 * Answers requests that cannot be parsed, whose header is too long, or that are too slow, in the error format of their
 * protocol.
 */
export class UnreadableRequestHandler {
  /** The answer to the last request of a connection, or the first bytes of a request whose header is not complete. */
  private readonly lastSeen = new WeakMap<Socket, ServerResponse | Buffer>();

  /** Has to be called before the server accepts connections. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      // Runs before Node's own listener, which parses the bytes.
      socket.prependListener('data', (bytes: Buffer) => {
        const last = this.lastSeen.get(socket);
        if (last === undefined || isRead(last)) this.lastSeen.set(socket, bytes);
      });
    });
    server.prependListener('request', (request, response) => this.lastSeen.set(request.socket, response));
  }

  answer({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const last = this.lastSeen.get(socket);
    if (code === 'ECONNRESET' || !socket.writable || isAnswerStarted(last)) {
      socket.destroy();
      return;
    }
    const error = (definitions.get(code) ?? BadRequest)();
    const dialect = dialectOf(protocolOf(requestOf(last)));
    const status = dialect.statusOf(error);
    const body = JSON.stringify(dialect.bodyOf(error, hostname()));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  }
}

/** Whether the request is complete, so that the following bytes belong to another one. */
function isRead(last: ServerResponse | Buffer): boolean {
  return last instanceof ServerResponse && last.req.complete;
}

/** Whether an answer has been started, also while the body was still arriving. No other answer may follow. */
function isAnswerStarted(last: ServerResponse | Buffer | undefined): boolean {
  if (!(last instanceof ServerResponse)) return false;
  return last.req.complete ? !last.writableFinished : last.headersSent;
}

function requestOf(last: ServerResponse | Buffer | undefined): RequestTarget {
  if (last instanceof ServerResponse) return last.req;
  return last ? parseBeginning(last) : { headers: {} };
}

/** Parses the first bytes of a request as far as possible. */
function parseBeginning(bytes: Buffer): RequestTarget {
  const [line = '', ...fields] = bytes.toString('latin1').split('\r\n');
  const headers: IncomingHttpHeaders = {};
  for (const field of fields) {
    if (field === '') break;
    const colon = field.indexOf(':');
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  return { url: /^\S+ (\S+)/.exec(line)?.[1], headers };
}
