import { Counter, Gauge, type Registry } from 'prom-client';
import type { Replica } from '../database/replicas/replica.js';

/** Metrics of each replica, by its place in the setting. Without replicas there are none. */
export function registerReplicaMetrics(registry: Registry, replicas: readonly Replica[]): void {
  if (replicas.length === 0) return;
  const registers = [registry];
  new Gauge({
    name: 'database_replica_in_use',
    help: 'Whether the replica is read: 1, or 0 while it does not answer or is too far behind.',
    labelNames: ['replica'],
    registers,
    collect() {
      for (const { number, problem } of replicas) this.set({ replica: number }, problem === undefined ? 1 : 0);
    },
  });
  new Gauge({
    name: 'database_replica_lag_seconds',
    help: 'How far the replica may be behind the primary; infinite if that is not known.',
    labelNames: ['replica'],
    registers,
    collect() {
      for (const { number, lagMs } of replicas) this.set({ replica: number }, lagMs / 1_000);
    },
  });
  new Counter({
    name: 'database_replica_statements_total',
    help: 'Statements that the replica has answered, and those that were repeated on the primary.',
    labelNames: ['replica', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { number: replica, counts } of replicas) {
        for (const [outcome, count] of Object.entries(counts)) this.inc({ replica, outcome }, count);
      }
    },
  });
}
