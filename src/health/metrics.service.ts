import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Answer } from '../common/http/answer.js';
import { ConnectionPool } from '../database/connections/connection-pool.js';
import { ReplicaMonitor } from '../database/replicas/replica-monitor.service.js';
import { registerReplicaMetrics } from './replica-metrics.js';

const poolGauges = [
  ['total', 'database_pool_connections', 'Connections to PostgreSQL that this process has open or is opening.'],
  ['idle', 'database_pool_idle_connections', 'Those of them that nothing uses at the moment.'],
  ['waiting', 'database_pool_waiting_requests', 'Callers that wait for a connection of the pool.'],
] as const;

/** Counts and times every request by its route pattern, never by its path. */
@Injectable()
export class MetricsService implements OnModuleInit {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  private collectAllWorkers: (() => Promise<string | undefined>) | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly connections: ConnectionPool,
    private readonly monitor: ReplicaMonitor,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    this.registerPoolGauges();
    registerReplicaMetrics(this.registry, this.monitor.replicas);
    const instance: FastifyInstance = this.host.httpAdapter.getInstance();
    instance.addHook('onResponse', (request, reply, done) => {
      const labels = { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode };
      this.requests.observe(labels, reply.elapsedTime / 1000);
      done();
    });
  }

  /**
   * Makes this process report the metrics of all workers. Each worker has its own label instead of a common sum: a
   * restarted worker then is a counter that restarts, and a missing worker is a gap, not a decrease.
   */
  join(worker: number, collectAllWorkers: () => Promise<string | undefined>): void {
    this.registry.setDefaultLabels({ worker: String(worker) });
    AggregatorRegistry.setRegistries(this.registry);
    this.collectAllWorkers = collectAllWorkers;
  }

  private registerPoolGauges(): void {
    const { connections } = this;
    for (const [figure, name, help] of poolGauges) {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(connections.usage[figure]);
        },
      });
    }
  }

  async expose(): Promise<Answer<string>> {
    const text = (await this.collectAllWorkers?.()) ?? (await this.registry.metrics());
    return new Answer(text, { headers: { 'content-type': this.registry.contentType } });
  }
}
