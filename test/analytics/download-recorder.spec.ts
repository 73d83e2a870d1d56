import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { DownloadRecorder } from '../../src/analytics/download-recorder.js';
import { OutageLogger } from '../../src/database/outage-logger.js';
import { eventually } from '../support/api.js';
import { aCountedPrompt, type DownloadsDatabase, startDownloadsDatabase } from './downloads-database.js';

const config = { visitorSalt: Buffer.alloc(32), downloadRetentionMonths: 0 };
const visitor = { userId: undefined, address: '198.51.100.1', agent: 'curl' };

let database: DownloadsDatabase;
beforeAll(async () => {
  database = await startDownloadsDatabase();
});
afterAll(() => database.stop());

/** Holds the roll-up lock, as a long roll-up would. */
async function holdRollUpLock() {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('select pg_advisory_lock(7305809)');
  return { end: () => client.end() };
}

const count = async (statement: string) => (await database.pool.query<{ n: number }>(statement)).rows[0]?.n;
const recorded = () => count('select count(*)::int as n from download');
const waiting = () => count(`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`);

it('closes only after the records that it reverts are removed', async () => {
  const { id, versionIds } = await aCountedPrompt(database);
  const recorder = new DownloadRecorder(database.downloads, database.retractor, new OutageLogger(), config);
  const schedule = setInterval(() => void recorder.retract(), 100);
  const turn = await holdRollUpLock();
  const leaving = new AbortController();
  void recorder.record({ promptId: id, versionId: versionIds[0] ?? '', visitor }, leaving.signal);
  await setImmediate();
  leaving.abort();
  await eventually(waiting, (n) => n === 1);
  expect(await recorded()).toBe(1);
  let isOver = false;
  clearInterval(schedule);
  const ending = recorder.onApplicationShutdown().then(() => (isOver = true));
  await eventually(waiting, (n) => n === 1);
  expect(isOver).toBe(false);
  await turn.end();
  await ending;
  expect(await recorded()).toBe(0);
});
