import cluster from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { readConfig } from '../config/config.js';
import { explainFailure } from '../app/explain-failure.js';
import { MetricsService } from '../health/metrics.service.js';
import { createLogger } from '../app/logger.js';
import { type RunningServer, startServer } from '../app/server.js';
import { drain } from './drain.js';
import { isOrder, type Order } from './messages.js';
import { PrimaryLink } from './primary-link.js';

/** Without a primary process nobody else ends this one. */
const longestGoodbyeWithoutPrimaryMs = 3_000;
const longestEndWithoutPrimaryMs = 4_500;

const config = readConfig(process.env);
const primary = new PrimaryLink();
const noTimeLeft = new AbortController();
let started: Promise<RunningServer> | undefined;
let ending: Promise<void> | undefined;
let longestGoodbyeMs: number | undefined;

async function start({ number, migrates }: Extract<Order, { order: 'start' }>): Promise<RunningServer> {
  const logger = createLogger(config.server).child({ worker: number });
  const server = await startServer(config, logger, { migrates });
  server.app.get(MetricsService).join(number, () => primary.metrics());
  const { address, firstLogin } = server;
  await primary.tell({ report: 'ready', address, firstLogin });
  return server;
}

function end(): void {
  ending ??= stop().then(() => process.exit(0), fail);
}

async function stop(): Promise<void> {
  AggregatorRegistry.setRegistries([]);
  const server = await started;
  const longestMs = config.server.requestTimeoutSeconds * 1000;
  if (server) await drain(server.app.getHttpServer(), { signal: noTimeLeft.signal, longestMs });
  await server?.stop(longestGoodbyeMs);
}

async function fail(error: unknown): Promise<void> {
  const reason = explainFailure(error);
  if (process.connected) await primary.tell({ report: 'failed', reason });
  else process.stderr.write(`promptyard: ${reason}\n`);
  process.exit(1);
}

function obey(order: Order): void {
  if (order.order === 'take metrics') return primary.answer(order.question, order.text);
  if (order.order === 'start') {
    started = start(order);
    started.catch(fail);
    return;
  }
  if (order.order === 'stop') noTimeLeft.abort();
  end();
}

// Answers for a worker that has no figures yet.
AggregatorRegistry.setRegistries([]);
new AggregatorRegistry();
process.on('message', (message) => {
  if (isOrder(message)) obey(message);
});
// Node would end this process in the middle of what it is doing.
cluster.worker?.on('disconnect', function (this: { exitedAfterDisconnect: boolean }) {
  this.exitedAfterDisconnect = true;
  longestGoodbyeMs = longestGoodbyeWithoutPrimaryMs;
  noTimeLeft.abort();
  end();
  setTimeout(() => process.exit(1), longestEndWithoutPrimaryMs);
});
// A terminal sends these to every process of its group; the primary process passes on what they mean.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', end);
