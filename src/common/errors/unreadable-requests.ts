import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { BadRequest, HeaderTooLarge, RequestTimeout } from './catalogue.js';
import { registryDialect } from './error-dialect.js';

const definitions = new Map([
  ['HPE_HEADER_OVERFLOW', HeaderTooLarge],
  ['ERR_HTTP_REQUEST_TIMEOUT', RequestTimeout],
]);

/** Answers what is no HTTP, too long in its header or too slow, before there is a request: in the words of every error. */
export function answerUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = (definitions.get(code) ?? BadRequest)();
  const { status } = error.definition;
  const body = JSON.stringify(registryDialect.bodyOf(error, hostname()));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
