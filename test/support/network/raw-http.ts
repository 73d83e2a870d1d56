import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Reachable } from '../api.js';

/** A raw TCP connection, for bytes that no HTTP client sends. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that was received so far. */
  received(): string;
  send(bytes: string | Buffer): void;
  /** Resolves with everything received when it contains `pattern`; rejects after `ms`. */
  waitFor(pattern: RegExp, ms?: number): Promise<string>;
  /** Resolves with everything received when the server has closed the connection. */
  end(): Promise<string>;
  close(): void;
}

export async function openRawConnection(server: Reachable): Promise<RawConnection> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const waitFor = async (pattern: RegExp, ms = 30_000) => {
    const deadline = Date.now() + ms;
    while (!pattern.test(text)) {
      if (Date.now() > deadline || socket.closed) throw new Error(`never heard ${String(pattern)}, but: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return text;
  };
  const end = async () => {
    if (!socket.closed) await once(socket, 'close');
    return text;
  };
  return {
    socket,
    received: () => text,
    send: (bytes) => void socket.write(bytes),
    waitFor,
    end,
    close: () => void socket.destroy(),
  };
}

/** The head of a request. */
export function requestHead(line: string, headers: Readonly<Record<string, string | number>>): string {
  const fields = Object.entries({ host: 'registry.test', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${[`${line} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n`;
}

/** Sends a request without a body, byte for byte as given, and returns the whole answer. */
export async function sendRaw(
  server: Reachable,
  line: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const conversation = await openRawConnection(server);
  const head = requestHead('', { connection: 'close', ...headers });
  conversation.send(Buffer.concat([Buffer.from(line), Buffer.from(head, 'latin1')]));
  return conversation.end();
}

/** Status line and body of a raw answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

export function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}
