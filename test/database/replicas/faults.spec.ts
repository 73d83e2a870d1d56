import { MikroORM } from '@mikro-orm/postgresql';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as delay } from 'node:timers/promises';
import { entities } from '../../../src/app/app.entities.js';
import { ormOptions } from '../../../src/database/orm-options.js';
import { OutageLogger } from '../../../src/database/outage-logger.js';
import { ReplicaMonitor } from '../../../src/database/replicas/replica-monitor.service.js';
import { ReplicaReads } from '../../../src/database/replicas/replica-reads.js';
import { eventually } from '../../support/api.js';
import { missingPoolerReason, startPooler } from '../../startup/support/pooler.js';
import { missingPostgresReason } from './support/postgres-cluster.js';
import { type ReplicatedServer, ReplicatedServers } from './support/replicated-servers.js';

const reason = missingPostgresReason();
const noPooler = missingPoolerReason();
const itWithPooler = noPooler === undefined ? it : it.skip;
const describeWithIt = reason === undefined ? describe : describe.skip;
const lines = (server: ReplicatedServer) =>
  server.process.output.split('\n').filter((line) => line.includes('could not read'));

describeWithIt(`a replica that fails${reason === undefined ? '' : ` (not run: ${reason})`}`, () => {
  let all: ReplicatedServers;
  let server: ReplicatedServer;

  beforeAll(async () => {
    all = await ReplicatedServers.open();
    await all.standby.kill();
    server = await all.start({ DATABASE_READ_MAX_LAG_SECONDS: '1' });
  });
  afterAll(() => all.close());

  /** Asks as an anonymous caller, again and again, while something happens; every answer must be a success. */
  async function askWhile(happening: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const callers = Array.from({ length: 4 }, async () => {
      while (!isOver) await server.names('q=first');
    });
    await happening().finally(() => (isOver = true));
    await Promise.all(callers);
  }

  it('does not keep the server from starting, and is used once it is there', async () => {
    await server.untilReplicaIs('does not answer');
    await all.createPrompt('first');
    expect(await server.names()).toEqual(['first']);
    all.standby.start();
    await server.untilReplicaIs('in use');
    await all.untilReplayed();
    expect(await server.names()).toEqual(['first']);
    expect((await server.statements()).answered).toBeGreaterThan(0);
    // Lines are written some at a time.
    expect(
      await eventually(
        () => Promise.resolve(lines(server)),
        ({ length }) => length >= 2,
      ),
    ).toEqual([
      expect.stringMatching(/could not read from the replica 127\.0\.0\.1:\d+\/postgres: does not answer/),
      expect.stringContaining('over'),
    ]);
  });

  it('is left out when it is killed, and no request fails', async () => {
    await askWhile(async () => {
      await all.standby.kill();
      await server.untilReplicaIs('does not answer');
      await all.createPrompt('during-the-outage');
      expect(await server.names()).toContain('during-the-outage');
      all.standby.start();
      await server.untilReplicaIs('in use');
    });
  });

  it('is left out when it hangs, and no request waits for it', async () => {
    await askWhile(async () => {
      all.standby.freeze();
      await server.untilReplicaIs('does not answer');
      expect(await server.names()).toContain('first');
      all.standby.thaw();
      await server.untilReplicaIs('in use');
    });
  });

  it('is left out while it is too far behind', async () => {
    await all.pauseReplay();
    await all.createPrompt('not-replayed');
    await server.untilReplicaIs('too far behind');
    expect(await server.names()).toContain('not-replayed');
    await all.resumeReplay();
    await server.untilReplicaIs('in use');
    expect(
      await eventually(
        () => server.names(),
        (names) => names.includes('not-replayed'),
      ),
    ).toContain('not-replayed');
  });

  it('is left out while its tables are of another version', async () => {
    await all.pauseReplay();
    await all.primary.query(`insert into migration (name) values ('Another')`);
    await server.untilReplicaIs('of another version');
    await all.primary.query(`delete from migration where name = 'Another'`);
    await all.resumeReplay();
    await server.untilReplicaIs('in use');
  });

  it('has a statement that its replay cancels repeated on the primary', async () => {
    await all.primary.query('create table conflicting as select generate_series(1, 1000) as n');
    await all.untilReplayed();
    const url = all.primary.url();
    const replicaUrls = [all.standby.url()];
    const orm = await MikroORM.init(ormOptions({ url, poolSize: 2, replicaUrls }, entities));
    const config = { url, poolSize: 2, replicaUrls, maxReplicaLagMs: 60_000 };
    const monitor = new ReplicaMonitor(orm, config, new OutageLogger(), new SchedulerRegistry());
    monitor.onApplicationBootstrap();
    const reads = new ReplicaReads(orm.em, monitor);
    await eventually(() => Promise.resolve(reads.areAvailable), Boolean);
    const running = reads
      .replica()
      .execute<{ n: string }>('select count(*) as n, pg_sleep(0.9) from conflicting where n > $1', [0]);
    await delay(200);
    await all.primary.query('delete from conflicting where n > 10');
    await all.primary.query('vacuum conflicting');
    expect((await running)[0]?.n).toBe('10');
    const [replica] = monitor.replicas;
    expect(replica?.counts).toEqual({ answered: 0, repeated: 1 });
    expect(replica?.problem).toBeUndefined();
    await monitor.onApplicationShutdown();
    await orm.close();
  });

  it('is not read any more once it is promoted, and neither are its own replicas', async () => {
    const cascaded = await all.standby.standby();
    const another = await all.start({ DATABASE_READ_URLS: cascaded.url(), DATABASE_READ_MAX_LAG_SECONDS: '60' });
    await another.untilReplicaIs('in use');
    all.standby.promote();
    await all.standby.query(`update prompt set name = 'diverged' where name = 'first'`);
    for (let time = 0; time < 10; time += 1) expect(await server.names()).toContain('first');
    await server.untilReplicaIs('not a standby');
    await another.untilReplicaIs('of another primary');
    expect(await another.names()).toContain('first');
    cascaded.stop();
  });
});

describeWithIt(
  `a server that is no replica of the primary${reason === undefined ? '' : ` (not run: ${reason})`}`,
  () => {
    let all: ReplicatedServers;
    let other: ReplicatedServers;

    beforeAll(async () => {
      [all, other] = [await ReplicatedServers.open(), await ReplicatedServers.open()];
      await all.primary.query('create database beside');
    });
    afterAll(async () => {
      await all.close();
      await other.close();
    });

    it.each([
      [
        'the primary itself, under another name',
        () => all.primary.url().replace('127.0.0.1', 'localhost'),
        'not a standby',
      ],
      ['another database of a replica', () => all.standby.url('beside'), 'of another database'],
      ['a replica of another primary', () => other.standby.url(), 'of another database'],
      ['nothing that answers', () => 'postgresql://promptyard@127.0.0.1:1/postgres', 'does not answer'],
    ])('is not read, and the log says why: %s', async (_, url, problem) => {
      const server = await all.start({ DATABASE_READ_URLS: url(), DATABASE_READ_MAX_LAG_SECONDS: '1' });
      await server.untilReplicaIs(problem);
      expect(await server.names()).toEqual([]);
      expect(await server.statements()).toEqual({ answered: 0, repeated: 0 });
      expect(
        await eventually(
          () => Promise.resolve(lines(server)),
          ({ length }) => length > 0,
        ),
      ).toEqual([expect.stringContaining(`: ${problem}`)]);
      await server.process.end();
    });

    itWithPooler(
      `is told from a replica behind a pooler${noPooler === undefined ? '' : ` (not run: ${noPooler})`}`,
      async () => {
        // PgBouncer wants one, though the replica does not ask for it.
        const withPassword = all.standby.url().replace('promptyard@', 'promptyard:any@');
        const pooler = await startPooler({ server: withPassword, settings: { pool_mode: 'session' } });
        const server = await all.start({ DATABASE_READ_URLS: pooler.through(all.standby.url()) });
        await server.untilReplicaIs('in use');
        expect(await server.names()).toEqual([]);
        expect((await server.statements()).answered).toBeGreaterThan(0);
        await pooler.stop();
        await server.untilReplicaIs('does not answer');
        expect(await server.names()).toEqual([]);
      },
    );

    it('does not keep the others from being read', async () => {
      const urls = [other.standby.url(), all.standby.url()].join(', ');
      const server = await all.start({ DATABASE_READ_URLS: urls });
      const states = async () => (await server.replicas()).map(({ ok }) => ok);
      expect(await eventually(states, ([, second]) => second === true)).toEqual([false, true]);
      expect(await server.names()).toEqual([]);
    });
  },
);
