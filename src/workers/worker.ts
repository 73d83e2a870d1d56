import cluster from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { readConfig } from '../config/config.js';
import { explainFailure } from '../app/explain-failure.js';
import { MetricsService } from '../health/metrics.service.js';
import { createLogger } from '../app/logger.js';
import { type RunningServer, startServer } from '../app/server.js';
import { drain } from './drain.js';
import { isWorkerCommand, type WorkerCommand } from './messages.js';
import { PrimaryClient } from './primary.client.js';

/** Timeouts without a primary process, which would otherwise kill this one. */
const orphanShutdownTimeoutMs = 3_000;
const orphanExitTimeoutMs = 4_500;

const config = readConfig(process.env);
const primary = new PrimaryClient();
const drainAbort = new AbortController();
let started: Promise<RunningServer> | undefined;
let ending: Promise<void> | undefined;
let shutdownTimeoutMs: number | undefined;

async function start({ number, isMigrating }: Extract<WorkerCommand, { order: 'start' }>): Promise<RunningServer> {
  const logger = createLogger(config.server).child({ worker: number });
  const server = await startServer(config, logger, { isMigrating });
  server.app.get(MetricsService).join(number, () => primary.metrics());
  const { address, firstLogin } = server;
  await primary.send({ report: 'ready', address, firstLogin });
  return server;
}

function end(): void {
  ending ??= stop().then(() => process.exit(0), fail);
}

async function stop(): Promise<void> {
  AggregatorRegistry.setRegistries([]);
  const server = await started;
  const drainTimeoutMs = config.server.requestTimeoutSeconds * 1000;
  if (server) await drain(server.app.getHttpServer(), { signal: drainAbort.signal, timeoutMs: drainTimeoutMs });
  await server?.stop(shutdownTimeoutMs);
}

async function fail(error: unknown): Promise<void> {
  const reason = explainFailure(error);
  if (process.connected) await primary.send({ report: 'failed', reason });
  else process.stderr.write(`promptyard: ${reason}\n`);
  process.exit(1);
}

function handleCommand(command: WorkerCommand): void {
  if (command.order === 'take metrics') return primary.answer(command.question, command.text);
  if (command.order === 'start') {
    started = start(command);
    started.catch(fail);
    return;
  }
  if (command.order === 'stop') drainAbort.abort();
  end();
}

// Registers an empty registry, so that a starting worker can answer.
AggregatorRegistry.setRegistries([]);
new AggregatorRegistry();
process.on('message', (message) => {
  if (isWorkerCommand(message)) handleCommand(message);
});
// Prevents Node from ending this process at once.
cluster.worker?.on('disconnect', function (this: { exitedAfterDisconnect: boolean }) {
  this.exitedAfterDisconnect = true;
  shutdownTimeoutMs = orphanShutdownTimeoutMs;
  drainAbort.abort();
  end();
  setTimeout(() => process.exit(1), orphanExitTimeoutMs);
});
// A terminal sends these to all processes of its group. The primary process forwards them as commands.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', end);
