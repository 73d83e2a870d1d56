import { once } from 'node:events';
import { connect } from 'node:net';
import { bodyOf, type RawConnection, openRawConnection, requestHead, statusOf } from '../support/network/raw-http.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

let environment: ServerEnvironment;
beforeAll(async () => {
  environment = await ServerEnvironment.open();
});
afterAll(() => environment.close());

const message = 'the server is shutting down';
interface Client {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const callers: readonly Client[] = [
  { line: 'GET /v1/prompts', headers: {}, body: { error: 'OVERLOADED', message } },
  {
    line: 'GET /api/prompts',
    headers: { 'x-authorization': 'pyd_x' },
    body: { status: 503, message, instance: expect.any(String) as unknown, retryable: true },
  },
  { line: 'GET /api/v1/prompts/', headers: { authorization: 'Bearer pyd_x' }, body: { detail: message } },
  { line: 'GET /no/such/path', headers: {}, body: { error: 'OVERLOADED', message } },
];

it.each(['1', '2'])(
  'answers requests during the shutdown in the form of each protocol, with %s workers',
  async (workers) => {
    const { server, client } = await environment.start({ WORKERS: workers });
    const open: RawConnection[] = [];
    for (const { line, headers } of callers) {
      const conversation = await openRawConnection(client);
      // A connection on which nothing is under way is closed at once; on this one a request has begun.
      conversation.send(requestHead(line, headers).slice(0, -2));
      open.push(conversation);
    }
    await eventually(() => isRead(client.url), Boolean);
    server.signal('SIGTERM');
    expect(await eventually(() => isRefused(client.url), Boolean, 10_000)).toBe(true);
    for (const [index, conversation] of open.entries()) {
      conversation.send('\r\n');
      const answer = await conversation.end();
      expect([statusOf(answer), bodyOf(answer)]).toEqual([503, callers[index]?.body]);
      expect(answer).toMatch(/^retry-after: 5\r$/im);
      expect(answer).toMatch(/^connection: close\r$/im);
      expect(answer).toMatch(/^x-request-id: \S+\r$/im);
      expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    }
    await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
    expect(server.output).not.toContain('"level":50');
  },
);

/** After this answer the server has most likely read all earlier requests on other connections too. */
async function isRead(url: string): Promise<boolean> {
  return (await fetch(`${url}/health/live`)).ok;
}

async function isRefused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
