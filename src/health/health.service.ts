import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Answer } from '../common/http/answer.js';
import { RunningTimeout } from '../common/running-timeout.js';
import { ping } from './health.queries.js';
import type { StorageVerdict } from '../storage/object-storage.js';
import { StorageHealth } from '../storage/storage-health.js';
import type { Readiness } from './health.dto.js';

const checkTimeoutMs = 2_000;
const unansweredVerdict: StorageVerdict = {
  ok: false,
  checks: [{ name: 'answer', ok: false, detail: 'none within two seconds' }],
};

/** Whether this process can do its work, told without names of prompts, hosts or buckets. */
@Injectable()
export class HealthService {
  constructor(
    private readonly em: EntityManager,
    private readonly storage: StorageHealth,
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
      database: { ok: database },
      storage: { ok: storage.ok, checks: storage.checks.map(({ name, ok, detail }) => ({ name, ok, detail })) },
    };
    return new Answer(body, { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } });
  }

  private async ping(): Promise<boolean> {
    await this.em.execute(ping);
    return true;
  }
}

/** What comes within two seconds in which this process ran, else the fallback. */
async function withFallback<T>(work: Promise<T>, fallback: T): Promise<T> {
  let timeout: RunningTimeout | undefined;
  const fallbackResult = new Promise<T>((resolve) => {
    timeout = new RunningTimeout(checkTimeoutMs, () => resolve(fallback));
  });
  const outcome = await Promise.race([work, fallbackResult]);
  timeout?.clear();
  return outcome;
}
