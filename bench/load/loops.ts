import { KeepAliveConnection } from './keep-alive-connection.js';

/** Sends a request over a connection. `dueAt` is when it should have been sent, on the clock of `performance.now()`. */
export type Send = (connection: KeepAliveConnection, dueAt: number) => Promise<void>;

const minLifetimeMs = 8_000;
const maxLifetimeMs = 12_000;
const maxLatenessMs = 60_000;

/** Connections are kept open, but renewed after a while, so that a new process of the server gets its share. */
export function openConnections(url: string, count: number): KeepAliveConnection[] {
  const step = (maxLifetimeMs - minLifetimeMs) / count;
  return Array.from({ length: count }, (_, i) => new KeepAliveConnection(url, minLifetimeMs + i * step));
}

/** Sends the next request on every connection as soon as the previous one is answered, while `isOn` returns true. */
export async function closedLoop(
  connections: readonly KeepAliveConnection[],
  isOn: () => boolean,
  send: Send,
): Promise<void> {
  await Promise.all(
    connections.map(async (connection) => {
      while (isOn()) await send(connection, performance.now());
    }),
  );
}

/**
 * Sends requests at a fixed rate, whether the previous ones are answered or not. When all connections wait for answers,
 * the next requests are late. Their latency counts from their due time, so that a stall of the server shows in all
 * delayed requests.
 *
 * @throws Error when the requests are a minute late
 */
export function openLoop(
  connections: readonly KeepAliveConnection[],
  { perSecond, seconds, signal }: { perSecond: number; seconds: number; signal: AbortSignal },
  send: Send,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const idle = [...connections];
  const count = Math.round(perSecond * seconds);
  const startedAt = performance.now();
  let next = 0;
  const dispatch = () => {
    const now = performance.now();
    for (let dueAt = dueOf(next); dueAt <= now && next < count; dueAt = dueOf(next)) {
      if (signal.aborted) return reject(signal.reason as Error);
      if (now - dueAt > maxLatenessMs) return reject(new Error('the server does not keep up with the rate'));
      const connection = idle.shift();
      if (!connection) return;
      next += 1;
      send(connection, dueAt).then(() => giveBack(connection), reject);
    }
  };
  const dueOf = (n: number) => startedAt + (n * 1_000) / perSecond;
  const giveBack = (connection: KeepAliveConnection) => {
    idle.push(connection);
    if (next < count) dispatch();
    else if (idle.length === connections.length) resolve(undefined);
  };
  const timer = setInterval(dispatch, 1);
  return promise.finally(() => clearInterval(timer));
}
