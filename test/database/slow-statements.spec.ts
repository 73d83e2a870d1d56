import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../../src/app/app.entities.js';
import { DatabaseUnavailable } from '../../src/common/errors/catalogue.js';
import { connectionsOf } from '../../src/database/connections/postgres-connection.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let proxy: TcpProxy;
let own: TestDatabase;
let orm: MikroORM;
let em: EntityManager;
beforeAll(async () => {
  own = await createTestDatabase();
  proxy = await TcpProxy.to(own.url);
  orm = await MikroORM.init(ormOptions({ url: proxy.url, poolSize: 2 }, entities));
  em = orm.em;
});
afterAll(async () => {
  await orm.close();
  await proxy.close();
  await own.drop();
});

const sleep = (seconds: number) => em.execute(`select 1 as one from pg_sleep(${seconds})`);
const unavailable = { definition: { code: DatabaseUnavailable.code } };

it('gives a statement in a transaction the time that an overloaded machine needs', async () => {
  await expect(em.transactional(() => sleep(6))).resolves.toEqual([{ one: 1 }]);
});

it('gives a read-only statement less time', async () => {
  await expect(sleep(6)).rejects.toMatchObject({ ...unavailable, cause: { code: '57014' } });
});

it('waits for a lock in a transaction no longer than a read may take', async () => {
  const locker = await own.pool.connect();
  try {
    await locker.query('begin; lock table prompt in access exclusive mode');
    const asked = em.transactional(() => em.execute('select from prompt'));
    await expect(asked).rejects.toMatchObject({ ...unavailable, cause: { code: '55P03' } });
  } finally {
    locker.release(true);
  }
});

it('soon aborts a statement in a transaction, and its connection, if PostgreSQL answers nothing at all', async () => {
  const reports: string[] = [];
  const asked = em.transactional(async () => {
    await sleep(0);
    proxy.freeze();
    await Promise.race([sleep(0), expiry(reports)]);
  });
  await expect(asked).rejects.toMatchObject({ ...unavailable, cause: { message: 'Query read timeout' } });
  expect(reports).toEqual([]);
  proxy.restore();
  await expect(em.transactional(() => sleep(0))).resolves.toEqual([{ one: 1 }]);
  const { total, idle, waiting } = connectionsOf(orm).usage;
  expect([total - idle, waiting]).toEqual([0, 0]);
});

/** As long as PostgreSQL may be at work on a statement of a transaction. */
function expiry(reports: string[]): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      reports.push('waited as long as for a slow statement');
      resolve();
    }, 14_000).unref();
  });
}
