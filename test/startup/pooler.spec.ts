import { MikroORM } from '@mikro-orm/postgresql';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ormOptions } from '../../src/database/orm-options.js';
import { requireSessions } from '../../src/database/connections/session-check.js';
import { entities } from '../../src/app/app.entities.js';
import { anArchive } from '../resilience/support/archives.js';
import { eventually, ServerEnvironment } from '../resilience/support/server-environment.js';
import { createTestDatabase } from '../support/test-database.js';
import { type Pooler, startPooler, missingPoolerReason } from './support/pooler.js';

const reason = missingPoolerReason();
const describeWithIt = reason === undefined ? describe : describe.skip;
const postgres = process.env.PROMPTYARD_TEST_DATABASE_URL ?? '';

describeWithIt(`PgBouncer before the database${reason === undefined ? '' : ` (not run: ${reason})`}`, () => {
  describe('in session mode, with all else by default', () => {
    let pooler: Pooler;
    let environment: ServerEnvironment;
    let servers: Awaited<ReturnType<ServerEnvironment['start']>>[];

    beforeAll(async () => {
      pooler = await startPooler({ server: postgres, settings: { pool_mode: 'session' } });
      environment = await ServerEnvironment.open({ databaseUrl: (url) => pooler.through(url) });
      servers = [];
      for (let number = 0; number < 2; number += 1) servers.push(await environment.start({ DATABASE_POOL_SIZE: '4' }));
    });
    afterAll(async () => {
      await environment.close();
      await pooler.stop();
    });

    it('lets two servers store and serve packages', async () => {
      const [one, other] = servers.map(({ client }) => client);
      const id = await one?.createPrompt('pooled');
      const archive = await anArchive({ name: 'pooled', version: '1.0.0', bytes: 10_000 });
      expect(await one?.upload(id ?? '', '1.0.0', archive)).toMatchObject({ status: 201 });
      expect(await other?.fetchArchive('pooled', '1.0.0')).toEqual(archive);
      const output = servers.map(({ server }) => server.output).join('');
      expect(
        output
          .split('\n')
          .filter((line) => /"level":[45]0/.test(line) && !line.includes('the bucket did not exist and was created')),
      ).toEqual([]);
    });

    it('releases the lock of a process that was killed', async () => {
      const locks = async () => {
        const { rows } = await environment.database.pool.query<{ n: number }>(
          `select count(*)::int as n from pg_locks join pg_database d on d.oid = database
             where locktype = 'advisory' and datname = current_database()`,
        );
        return rows[0]?.n;
      };
      expect(await locks()).toBe(2);
      await servers[0]?.server.end();
      expect(await eventually(locks, (n) => n === 1, 30_000)).toBe(1);
    });

    it('applies its settings to every connection of the pool', async () => {
      const orm = await MikroORM.init(
        ormOptions({ url: pooler.through(environment.database.url), poolSize: 3 }, entities),
      );
      const names = ['TimeZone', 'statement_timeout', 'idle_in_transaction_session_timeout'];
      const settings = await Promise.all(
        [1, 2, 3].map(() =>
          orm.em.execute<{ value: string }[]>(
            `select current_setting(name) as value, pg_sleep(0.1) from unnest('{${names.join()}}'::text[]) name`,
          ),
        ),
      );
      await orm.close();
      for (const rows of settings) {
        expect(rows.map(({ value }) => value)).toEqual(['UTC', '4s', expect.stringMatching(/^[1-9]\d*s$|min$/)]);
      }
    });
  });

  describe('in another mode', () => {
    const inSessionMode = /^promptyard: a pooler in transaction or statement mode .* pool_mode = session\)\.\n$/;
    const tooFew = /^promptyard: .* gives too few connections: a server needs DATABASE_POOL_SIZE, .*\.\n$/;
    const stops: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    });

    it.each([
      ['transaction', 20, inSessionMode],
      ['statement', 20, inSessionMode],
      ['session', 1, tooFew],
    ] as const)('ends the start with one line: %s mode, %i connections', async (pool_mode, default_pool_size, line) => {
      const pooler = await startPooler({ server: postgres, settings: { pool_mode, default_pool_size } });
      stops.push(() => pooler.stop());
      const environment = await ServerEnvironment.open({ store: 'disk', databaseUrl: (url) => pooler.through(url) });
      stops.push(() => environment.close());
      const server = environment.spawn();
      expect(await server.exit).toEqual({ code: 1, signal: null });
      expect(server.output).toMatch(line);
    });

    it.each([
      { pool_mode: 'transaction', default_pool_size: 1, server_round_robin: 0, others: 0 },
      { pool_mode: 'transaction', default_pool_size: 20, server_round_robin: 0, others: 12 },
      { pool_mode: 'transaction', default_pool_size: 20, server_round_robin: 1, others: 12 },
      { pool_mode: 'statement', default_pool_size: 1, server_round_robin: 0, others: 0 },
    ])(
      'is recognised: $pool_mode mode, $default_pool_size connections, round robin $server_round_robin, $others others',
      async ({ others, ...settings }) => {
        const pooler = await startPooler({ server: postgres, settings });
        stops.push(() => pooler.stop());
        const database = await createTestDatabase();
        stops.push(() => database.drop());
        const noise = keepPoolerBusy(pooler.through(database.url), others);
        stops.push(() => noise.stop());
        for (let time = 0; time < 3; time += 1) {
          await expect(requireSessions(pooler.through(database.url))).rejects.toThrow('must be in session mode');
        }
      },
    );
  });
});

/** Clients that take connections of the pooler and give them back all the time. */
function keepPoolerBusy(url: string, clients: number): { stop(): Promise<void> } {
  let isOver = false;
  const all = Array.from({ length: clients }, async (_, index) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    while (!isOver) {
      await client.query('begin');
      await client.query(`select pg_sleep(${0.001 * index})`);
      await client.query('commit');
      await delay(index);
    }
    await client.end();
  });
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(all);
    },
  };
}
