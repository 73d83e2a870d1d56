import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeepAliveConnection } from '../../bench/load/keep-alive-connection.js';
import { openLoop } from '../../bench/load/loops.js';

const request = { method: 'GET', path: '/', headers: {}, body: undefined } as const;
const aMinute = 60_000;

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

it('counts a stall in the latency of every delayed request', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  await using server = await serve((_request, response) => void released.then(() => response.end()));
  const connection = new KeepAliveConnection(server.url, aMinute);
  const sent: { dueAt: number; endedAt: number }[] = [];
  let releasedAt = Infinity;
  setTimeout(() => {
    releasedAt = performance.now();
    release(undefined);
  }, 300);
  const plan = { perSecond: 100, seconds: 0.5, signal: new AbortController().signal };
  await openLoop([connection], plan, async (each, dueAt) => {
    const { endedAt } = await each.send(request);
    sent.push({ dueAt, endedAt });
  });
  await connection.close();
  expect(sent).toHaveLength(50);
  const first = sent[0]?.dueAt ?? NaN;
  expect(sent.every(({ dueAt }, i) => Math.abs(dueAt - first - i * 10) < 0.001)).toBe(true);
  const heldUp = sent.filter(({ dueAt }) => dueAt < releasedAt - 20);
  expect(heldUp.length).toBeGreaterThan(10);
  expect(heldUp.every(({ endedAt }) => endedAt >= releasedAt)).toBe(true);
});

it('reports the connection of an aborted request, and opens another', async () => {
  const ports: (number | undefined)[] = [];
  await using server = await serve(({ socket }, response) => {
    ports.push(socket.remotePort);
    if (ports.length === 2) socket.destroy();
    else response.end('whole');
  });
  const connection = new KeepAliveConnection(server.url, aMinute);
  const endings = [await connection.send(request), await connection.send(request), await connection.send(request)];
  await connection.close();
  expect(endings.map(({ status }) => status)).toEqual([200, undefined, 200]);
  expect(endings.map(({ connection: connectionInfo }) => connectionInfo?.localPort)).toEqual(ports);
  expect(ports[1]).toBe(ports[0]);
  expect(ports[2]).not.toBe(ports[0]);
  expect(endings[1]?.failure).toBe('UND_ERR_SOCKET');
  expect(endings[1]?.sentAt).toBeGreaterThanOrEqual(endings[1]?.connection?.openedAt ?? Infinity);
});

it('opens another connection when one is old', async () => {
  const ports: (number | undefined)[] = [];
  await using server = await serve(({ socket }, response) => {
    ports.push(socket.remotePort);
    response.end();
  });
  const connection = new KeepAliveConnection(server.url, 0);
  for (let i = 0; i < 3; i += 1) expect((await connection.send(request)).status).toBe(200);
  await connection.close();
  expect(new Set(ports).size).toBe(3);
});

it('reports that nothing was sent to a server that does not listen', async () => {
  const { url, [Symbol.asyncDispose]: close } = await serve(() => undefined);
  await close();
  const connection = new KeepAliveConnection(url, aMinute);
  const ending = await connection.send(request);
  await connection.close();
  expect(ending).toMatchObject({
    status: undefined,
    failure: 'ECONNREFUSED',
    sentAt: undefined,
    connection: undefined,
  });
});
