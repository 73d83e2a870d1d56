import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Answer } from '../common/http/answer.js';
import { RunningTimeout } from '../common/running-timeout.js';
import { ReplicaMonitor } from '../database/replicas/replica-monitor.service.js';
import type { Replica } from '../database/replicas/replica.js';
import { ping } from './health.queries.js';
import type { StorageVerdict } from '../storage/object-storage.js';
import { StorageHealthService } from '../storage/storage-health.service.js';
import type { Readiness } from './health.dto.js';

const checkTimeoutMs = 2_000;
const unansweredVerdict: StorageVerdict = {
  ok: false,
  checks: [{ name: 'answer', ok: false, detail: 'none within two seconds' }],
};

/** Reports whether this process can work, without names of prompts, hosts or buckets. */
@Injectable()
export class HealthService {
  constructor(
    private readonly em: EntityManager,
    private readonly storage: StorageHealthService,
    private readonly monitor: ReplicaMonitor,
  ) {}

  async readiness(): Promise<Answer<Readiness>> {
    const [database, storage] = await Promise.all([
      withFallback(
        this.ping().catch(() => false),
        false,
      ),
      withFallback(this.storage.verdict(), this.storage.failure ?? unansweredVerdict),
    ]);
    const isReady = database && storage.ok;
    const body: Readiness = {
      status: isReady ? 'ready' : 'not ready',
      database: { ok: database, ...this.replicas() },
      storage: { ok: storage.ok, checks: storage.checks.map(({ name, ok, detail }) => ({ name, ok, detail })) },
    };
    return new Answer(body, { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } });
  }

  private replicas(): Pick<Readiness['database'], 'replicas'> {
    const { replicas } = this.monitor;
    return replicas.length === 0 ? {} : { replicas: replicas.map(toReplicaHealth) };
  }

  private async ping(): Promise<boolean> {
    await this.em.execute(ping);
    return true;
  }
}

function toReplicaHealth({ problem, lagMs }: Replica) {
  const lag_seconds = lagMs === Infinity ? null : Math.round(lagMs) / 1_000;
  return { ok: problem === undefined, lag_seconds, ...(problem === undefined ? {} : { detail: problem }) };
}

/** The result of the work, or the fallback after two seconds in which this process ran. */
async function withFallback<T>(work: Promise<T>, fallback: T): Promise<T> {
  let timeout: RunningTimeout | undefined;
  const fallbackResult = new Promise<T>((resolve) => {
    timeout = new RunningTimeout(checkTimeoutMs, () => resolve(fallback));
  });
  const outcome = await Promise.race([work, fallbackResult]);
  timeout?.clear();
  return outcome;
}
