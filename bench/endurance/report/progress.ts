import type { Minute } from '../timeline.js';
import type { ByKind } from '../request-stats.js';

/** One line about a minute, as progress output. */
export function formatMinute(minute: Minute, number: number): string {
  const { requests, p50Ms, p99Ms, maxMs, memoryMiB, cpuMsPerRequest } = minute;
  const latency = [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1)).join(' / ');
  const took = `${memoryMiB.toFixed(0)} MiB, ${cpuMsPerRequest.toFixed(2)} CPU ms each`;
  return `  minute ${number}: ${requests} requests, p50 / p99 / max ${latency} ms, ${took}, ${formatErrors(minute.errors)}`;
}

export function formatErrors(errors: ByKind<number>): string {
  const kinds = Object.entries(errors).map(([kind, count]) => `${count} ${kind}`);
  return kinds.length === 0 ? 'no errors' : kinds.join(', ');
}
