import type { AggregatorRegistry } from 'prom-client';

let registry: Promise<AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'>> | undefined;

/** Collects the metrics of every worker. Fails after some seconds if one of them does not answer. */
export async function metricsOfAllWorkers(): Promise<string> {
  // Loaded on the first use, because most primary processes never need it.
  registry ??= import('prom-client').then(({ AggregatorRegistry: Registry }) => new Registry());
  return (await registry).clusterMetrics();
}
