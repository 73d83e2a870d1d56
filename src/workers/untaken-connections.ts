import cluster, { type Worker } from 'node:cluster';

/** The relevant fields of Node's internal messages about connections. */
interface InternalMessage {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}
type Send = (message: InternalMessage, ...rest: unknown[]) => boolean;

/**
 * Hands a connection that was sent to a worker that died to another one. A worker acknowledges a connection before it
 * reads from it, so that an unacknowledged one is complete. Node would keep it open for ever. A worker that stops
 * listening can return a connection; the same message is sent here for the dead worker.
 *
 * These messages are not documented. If a later Node changes them, this does nothing, and
 * `test/resilience/untaken-connections.spec.ts` fails.
 */
export function returnUntakenConnections(worker: Worker): void {
  const { process } = worker;
  const offered = new Set<number>();
  const send = process.send.bind(process) as unknown as Send;
  const watchedSend: Send = (message, ...rest) => {
    if (message.act === 'newconn' && message.seq !== undefined) offered.add(message.seq);
    return send(message, ...rest);
  };
  process.send = watchedSend;
  process.on('internalMessage', ({ ack }: InternalMessage) => {
    if (ack !== undefined) offered.delete(ack);
  });
  // `close` is emitted after the worker has ended and all its messages are read; `disconnect` is not emitted while an
  // answer is pending.
  process.once('close', () => {
    // Otherwise the dead worker would get the next connection.
    if (cluster.workers?.[worker.id]) worker.disconnect();
    for (const ack of [...offered]) process.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
  });
}
