import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeSource {
  readonly url: string;
  /** Paths that were asked for, with their queries. */
  readonly asked: string[];
  stop(): Promise<void>;
}

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly json?: unknown };

/** A server of another product. `answer` computes its answers; undefined means that it never answers. */
export async function startFakeSource(
  answer: (url: URL, request: IncomingMessage) => Answer | undefined,
): Promise<FakeSource> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://source');
    asked.push(url.pathname + url.search);
    const given = answer(url, request);
    if (!given) return;
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
    response.end(JSON.stringify(given.json ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}
