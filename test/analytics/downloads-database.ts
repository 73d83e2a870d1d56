import { MikroORM } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Download } from '../../src/analytics/download.entity.js';
import type { DownloadRecord, DownloadRepository } from '../../src/analytics/download.repository.js';
import { DownloadPartitions } from '../../src/analytics/retention/download-partitions.js';
import { DownloadRetractor } from '../../src/analytics/roll-up/download-retractor.js';
import { RollUpLock } from '../../src/analytics/roll-up/roll-up-lock.js';
import { RollUpWriter } from '../../src/analytics/roll-up/roll-up-writer.js';
import { BackgroundTransactions } from '../../src/database/connections/background-transactions.js';
import { connectionsOf } from '../../src/database/connections/postgres-connection.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { createTestDatabase } from '../support/test-database.js';

export interface DownloadsDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly downloads: DownloadRepository;
  readonly retractor: DownloadRetractor;
  readonly partitions: DownloadPartitions;
  readonly sums: RollUpWriter;
  stop(): Promise<void>;
}

/** The services that record, count and delete downloads, on a migrated database without a server. */
export async function startDownloadsDatabase(): Promise<DownloadsDatabase> {
  const { url, pool, drop } = await createTestDatabase();
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 8 }, [Download]));
  const downloads: DownloadRepository = orm.em.getRepository(Download);
  const lock = new RollUpLock(new BackgroundTransactions(connectionsOf(orm)));
  const stop = async () => {
    await orm.close();
    await drop();
  };
  return {
    url,
    pool,
    downloads,
    retractor: new DownloadRetractor(lock),
    partitions: new DownloadPartitions(orm.em, lock),
    sums: new RollUpWriter(downloads, lock),
    stop,
  };
}

export interface CountedPrompt {
  readonly id: string;
  readonly versionIds: readonly string[];
}

/** A prompt and ids for its versions, as far as counting needs them. */
export async function aCountedPrompt({ pool }: DownloadsDatabase, versions = 1): Promise<CountedPrompt> {
  const id = randomUUID();
  const slug = `o-${id}`;
  await pool.query(`insert into owner (id, kind, slug) values ($1, 'user', $2)`, [id, slug]);
  await pool.query(`insert into account (id, email, password_hash, role) values ($1, $2, '', 'user')`, [id, slug]);
  await pool.query(
    `insert into prompt (id, owner_id, name, description, visibility, created_by) values ($1, $1, 'p', '', 'public', $1)`,
    [id],
  );
  return { id, versionIds: Array.from({ length: versions }, () => randomUUID()) };
}

export function aDownload(prompt: CountedPrompt, options: { at?: Date; visitor?: number; version?: number } = {}) {
  const { at = new Date(), visitor = 1, version = 0 } = options;
  const record: DownloadRecord = {
    id: randomUUID(),
    at,
    versionId: prompt.versionIds[version] ?? '',
    promptId: prompt.id,
    visitor: Buffer.alloc(16, visitor),
  };
  return record;
}

export async function rollUpAll({ sums }: DownloadsDatabase): Promise<void> {
  while (await sums.rollUp());
}

/** The sums of a prompt: by its own count, by day and by hour. */
export async function countsOf({ pool }: DownloadsDatabase, { id, versionIds }: CountedPrompt) {
  const { rows } = await pool.query(
    `select (select download_count::int from prompt where id = $1) as prompt,
       (select coalesce(sum(downloads), 0)::int from download_day where scope_id = $1) as days,
       (select coalesce(sum(visitors), 0)::int from download_day where scope_id = $1) as visitors,
       (select coalesce(sum(downloads), 0)::int from download_hour where version_id = any($2)) as hours`,
    [id, versionIds],
  );
  return rows[0] as { prompt: number; days: number; visitors: number; hours: number };
}
