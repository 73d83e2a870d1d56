import { EntityManager } from '@mikro-orm/postgresql';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable } from '../../src/common/errors/catalogue.js';
import { isError } from '../../src/common/errors/define-error.js';
import {
  type BackgroundQuery,
  BackgroundTransactions,
} from '../../src/database/connections/background-transactions.js';
import { ConnectionPool } from '../../src/database/connections/connection-pool.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { eventually } from '../resilience/support/server-environment.js';

const poolSize = 3;
/** More than there are connections, so that none may be missing afterwards. */
const times = 2 * poolSize;

let server: OpenTestServer;
let em: EntityManager;
let background: BackgroundTransactions;
let connections: ConnectionPool;
beforeAll(async () => {
  server = await startOpenTestServer({ DATABASE_POOL_SIZE: String(poolSize) });
  em = server.app.get(EntityManager, { strict: false });
  background = server.app.get(BackgroundTransactions, { strict: false });
  connections = server.app.get(ConnectionPool, { strict: false });
  await server.database.pool.query(`
    create table written (id int);
    create table doomed (id int);
    create function end_this_session() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); return null; end $$;
    create constraint trigger at_commit after insert on doomed deferrable initially deferred
      for each row execute function end_this_session()`);
});
afterAll(() => server.stop());

const ownPid = 'select pg_backend_pid() as pid';
const write = 'insert into written values ($1)';
const insertDoomed = 'insert into doomed values (1)';
const fails = 'select 1 / 0';
const isUnavailable = (error: unknown) => isError(error, DatabaseUnavailable);

/** Ends the session of the running transaction from outside, and waits until it is gone. */
async function endOwnSession(): Promise<void> {
  const [session] = await em.execute<{ pid: number }[]>(ownPid);
  await server.database.pool.query('select pg_terminate_backend($1, 10000)', [session?.pid]);
}

async function written(id: number): Promise<number> {
  const { rows } = await server.database.pool.query('select from written where id = $1', [id]);
  return rows.length;
}

function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function fail(): Promise<never> {
  await em.execute(fails);
  throw new Error('it did not fail');
}

describe('a connection is destroyed, and its place in the pool is free again, when', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['it was ended inside of a transaction, each time', () => em.transactional(endOwnSession)],
    ['it was ended before the last statement of a transaction', () => em.transactional(() => endAndWrite())],
    ['it was ended at the commit', () => em.transactional(() => em.execute(insertDoomed))],
    ['the commit is answered with a rollback', () => em.transactional(() => fail().catch(() => undefined))],
    ['the work failed after it was ended', () => em.transactional(() => endOwnSession().then(fail))],
    ['it was ended in the background', () => background.run(endInBackground)],
    ['a commit in the background is answered with a rollback', () => background.run(failInBackground)],
  ])('%s', async (_when, work) => {
    for (let round = 0; round < times; round += 1) await expect(work()).rejects.toThrow();
    await expect(em.execute(ownPid)).resolves.toHaveLength(1);
    const usage = await eventually(
      () => connections.usage,
      ({ total, idle }) => total === idle,
    );
    expect(usage).toEqual({ total: usage.idle, idle: usage.idle, waiting: 0 });
    await expect(Promise.all(Array.from({ length: times }, () => em.execute(ownPid)))).resolves.toHaveLength(times);
  });

  async function endAndWrite(): Promise<void> {
    await endOwnSession();
    await em.execute(write, [0]);
  }

  async function endInBackground(query: BackgroundQuery): Promise<void> {
    const [session] = await query<{ pid: number }>(ownPid);
    await server.database.pool.query('select pg_terminate_backend($1, 10000)', [session?.pid]);
    await query(ownPid);
  }

  async function failInBackground(query: BackgroundQuery): Promise<void> {
    await query(fails).catch(() => undefined);
  }
});

it('returns a connection to the pool after a failed statement was rolled back', async () => {
  const pid = () => em.execute<{ pid: number }[]>(ownPid);
  const before = await pid();
  await expect(em.transactional(fail)).rejects.toThrow('division by zero');
  await expect(fail()).rejects.toThrow('division by zero');
  expect(await pid()).toEqual(before);
});

describe('a transaction whose connection was lost', () => {
  it('is repeated if COMMIT was not sent, and writes and notifies once', async () => {
    const [attempts, commits]: [number[], string[]] = [[], []];
    const onCommit = () => Promise.resolve(void commits.push(`attempt ${attempts.length}`));
    const result = await em.transactional(async () => {
      attempts.push(1);
      await em.execute(write, [1]);
      em.getEventManager().registerSubscriber({ afterTransactionCommit: onCommit });
      if (attempts.length === 1) await endOwnSession();
      return `attempt ${attempts.length}`;
    });
    expect(result).toBe('attempt 2');
    expect(await written(1)).toBe(1);
    expect(commits).toEqual(['attempt 2']);
  });

  it('is repeated if the loss was known before COMMIT', async () => {
    let attempts = 0;
    await em.transactional(async () => {
      attempts += 1;
      await em.execute(write, [4]);
      if (attempts === 1) await endOwnSession();
      // Until PostgreSQL's last words have been read.
      await delay(50);
    });
    expect([attempts, await written(4)]).toEqual([2, 1]);
  });

  it('is not repeated twice', async () => {
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      await endOwnSession();
      await em.execute(write, [3]);
    };
    expect(isUnavailable(await errorOf(em.transactional(work)))).toBe(true);
    expect([attempts, await written(3)]).toEqual([2, 0]);
  });

  it('is never repeated after COMMIT was sent', async () => {
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      await em.execute(insertDoomed);
    };
    expect(isUnavailable(await errorOf(em.transactional(work)))).toBe(true);
    expect(attempts).toBe(1);
  });

  it('is not repeated after an error of its own work', async () => {
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      await fail();
    };
    await expect(em.transactional(work)).rejects.toThrow('division by zero');
    expect(attempts).toBe(1);
  });
});
