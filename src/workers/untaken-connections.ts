import cluster, { type Worker } from 'node:cluster';

/** How Node's own modules talk to each other about connections, as far as it matters here. */
interface InternalMessage {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}
type Send = (message: InternalMessage, ...rest: unknown[]) => boolean;

/**
 * Gives a connection that was on its way to a worker that died to another one. A worker says that it takes a
 * connection before it reads from it, so what it did not take is whole. Node holds such a connection open and forgets
 * it: its client would wait for ever. It has a way to offer a connection anew, which a worker that stops listening
 * uses; the same answer is given here in the name of the dead one.
 *
 * These messages are not documented. Should a later Node speak differently, this does nothing, and
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
  // Comes when it has ended and everything that it had still said is read; `disconnect` does not come while it owes an answer.
  process.once('close', () => {
    // Else the dead one would be offered the next connection.
    if (cluster.workers?.[worker.id]) worker.disconnect();
    for (const ack of [...offered]) process.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
  });
}
