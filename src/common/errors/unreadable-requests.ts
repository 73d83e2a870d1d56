import { type IncomingHttpHeaders, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { type Asked, protocolOf } from '../protocol.js';
import { BadRequest, HeaderTooLarge, RequestTimeout } from './catalogue.js';
import { dialectOf } from './error-dialect.js';

const definitions = new Map([
  ['HPE_HEADER_OVERFLOW', HeaderTooLarge],
  ['ERR_HTTP_REQUEST_TIMEOUT', RequestTimeout],
]);

/** Answers what is no HTTP, too long in its header or too slow: in the words of the protocol that it comes through. */
export class UnreadableRequests {
  /** Of each connection the answer to its last request, or the first bytes of one whose header is not complete yet. */
  private readonly asked = new WeakMap<Socket, ServerResponse | Buffer>();

  /** Has to be called before the first connection. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      // Before Node's own listener, which makes a request of the bytes.
      socket.prependListener('data', (bytes: Buffer) => {
        const last = this.asked.get(socket);
        if (last === undefined || isRead(last)) this.asked.set(socket, bytes);
      });
    });
    server.prependListener('request', (request, response) => this.asked.set(request.socket, response));
  }

  answer({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const last = this.asked.get(socket);
    if (code === 'ECONNRESET' || !socket.writable || isUnderWay(last)) {
      socket.destroy();
      return;
    }
    const error = (definitions.get(code) ?? BadRequest)();
    const dialect = dialectOf(protocolOf(askedBy(last)));
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

/** Whether a request has come to its end, so that what follows is another. */
function isRead(last: ServerResponse | Buffer): boolean {
  return last instanceof ServerResponse && last.req.complete;
}

/** Whether the answer to a readable request is being sent, or has been while its body still came: no other may follow. */
function isUnderWay(last: ServerResponse | Buffer | undefined): boolean {
  if (!(last instanceof ServerResponse)) return false;
  return last.req.complete ? !last.writableFinished : last.headersSent;
}

function askedBy(last: ServerResponse | Buffer | undefined): Asked {
  if (last instanceof ServerResponse) return last.req;
  return last ? beginningOf(last) : { headers: {} };
}

/** What the first bytes of a request say, as far as they can be read. */
function beginningOf(bytes: Buffer): Asked {
  const [line = '', ...fields] = bytes.toString('latin1').split('\r\n');
  const headers: IncomingHttpHeaders = {};
  for (const field of fields) {
    if (field === '') break;
    const colon = field.indexOf(':');
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  return { url: /^\S+ (\S+)/.exec(line)?.[1], headers };
}
