import { Injectable } from '@nestjs/common';
import { Answer } from '../common/http/answer.js';
import { Database } from '../database/database.js';
import { StorageHealth } from '../storage/storage-health.js';
import type { Readiness } from './health.dto.js';

const longestWaitMs = 2_000;

/** Whether this process can do its work, told without names of prompts, hosts or buckets. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: Database,
    private readonly storage: StorageHealth,
  ) {}

  async readiness(): Promise<Answer<Readiness>> {
    const [database, storage] = await Promise.all([within(longestWaitMs, this.ping()), this.storage.verdict()]);
    const isReady = database && storage.ok;
    const body: Readiness = {
      status: isReady ? 'ready' : 'not ready',
      database: { ok: database },
      storage: { ok: storage.ok, checks: [...storage.checks] },
    };
    return new Answer(body, { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } });
  }

  private async ping(): Promise<boolean> {
    await this.database.query({ name: 'ping', text: 'select 1' });
    return true;
  }
}

async function within(ms: number, work: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const outcome = await Promise.race([work.catch(() => false), late]);
  clearTimeout(timer);
  return outcome;
}
