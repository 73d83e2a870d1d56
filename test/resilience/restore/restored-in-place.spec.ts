import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { admin } from '../support/admin.js';
import { keyOf, RegistryCopy } from '../support/registry-copy.js';
import { LocalPostgres } from '../support/local-postgres.js';
import { json, type Reply } from '../support/registry-client.js';
import type { ServerProcess } from '../support/server-process.js';
import { eventually, ServerEnvironment } from '../support/server-environment.js';

const { endpoint } = JSON.parse(process.env.PROMPTYARD_TEST_S3 ?? '{}') as { endpoint?: string };
const withEverything = LocalPostgres.isInstalled && endpoint ? describe : describe.skip;

withEverything('a database that is restored in place, beside a newer bucket', () => {
  let cluster: LocalPostgres;
  let store: TcpProxy;
  let environment: ServerEnvironment;
  let server: ServerProcess;
  let registry: RegistryCopy;
  let published: Reply[];
  let archives: Buffer[];

  const start = async () => {
    const settings = { CLEANUP_INTERVAL_SECONDS: '1', S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: endpoint };
    const started = await environment.start(settings);
    server = started.server;
    return started.client;
  };
  const orphans = async (...args: string[]) => admin(environment.environment, 'orphans', ...args);
  const key = (version: string) => keyOf(published[0] ?? ({} as Reply)).replace('1.0.0', version);

  beforeAll(async () => {
    cluster = await LocalPostgres.start();
    store = await TcpProxy.to(endpoint ?? '');
    environment = await ServerEnvironment.open({ database: await cluster.database() });
    const client = await start();
    registry = new RegistryCopy(client, 'restored', await client.createPrompt('restored'));
    archives = await Promise.all(['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => registry.archive(version)));
    const [first] = archives;
    published = [await registry.publish('1.0.0', first)];
    store.freeze();
    const underWay = registry.publish('1.1.0', archives[1]);
    await eventually(
      () => environment.reservations(),
      (count) => count === 1,
    );
    const dump = cluster.dump();
    store.restore();
    published.push(await underWay);
    for (const [index, version] of ['1.2.0', '1.3.0'].entries()) {
      published.push(await registry.publish(version, archives[index + 2]));
    }
    server.signal('SIGTERM');
    await server.exit;
    await (await cluster.restore(dump, 'promptyard')).drop();
    registry.acknowledged.clear();
    registry.client = await start();
  });
  afterAll(async () => {
    await environment.close();
    await store.close();
    await cluster.close();
  });

  it('still has every package in the bucket', async () => {
    expect(published.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await environment.reservations()).toBeLessThanOrEqual(1);
    await registry.lostAfterCleanUps();
    expect(await environment.objectKeys()).toEqual(
      expect.arrayContaining(['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => key(version))),
    );
    expect((await registry.client.items('restored')).map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('adopts existing objects with the same bytes', async () => {
    const reply = await registry.publish('1.2.0', archives[2]);
    expect([reply.status, keyOf(reply)]).toEqual([201, key('1.2.0')]);
    expect(await registry.lost()).toEqual([]);
  });

  it('refuses other bytes, and says what to do', async () => {
    for (const version of ['1.1.0', '1.3.0']) {
      const reply = await registry.publish(version);
      expect([reply.status, json(reply).message]).toEqual([
        409,
        'the object store holds another package under this number: publish the next number, or let an operator remove ' +
          'the package with "npm run admin -- orphans remove"',
      ]);
    }
    expect((await registry.publish('1.4.0')).status).toBe(201);
  });

  it('lists orphaned objects, and none that a version uses', async () => {
    const { code, lines } = await orphans();
    expect(code).toBe(0);
    expect(lines.slice(0, -1).map((line) => line.split('\t')[0])).toEqual([key('1.1.0'), key('1.3.0')]);
    expect(lines[0]).toMatch(/\t\d+ bytes\t\d+ min old\tunknown here: published after the backup/);
    expect(lines.at(-1)).toMatch(/^2 packages, \d+ bytes$/);
  });

  it('removes nothing without --yes, and no object of a version with it', async () => {
    const asked = await orphans('remove', key('1.3.0'));
    expect([asked.code, asked.errors]).toEqual([1, 'nothing is removed without --yes\n']);
    const named = await orphans('remove', key('1.2.0'), key('1.0.0'), key('9.0.0'), 'fence/000000000001', '--yes');
    expect([named.code, named.lines]).toEqual([
      1,
      [
        `${key('1.2.0')}\tleft alone: a version of this database has it`,
        `${key('1.0.0')}\tleft alone: a version of this database has it`,
        `${key('9.0.0')}\tnot there`,
        'fence/000000000001\tleft alone: no package has such a key',
        '0 of 4 removed',
      ],
    ]);
    expect((await orphans('remove', key('1.2.0'), '--even-adopted', '--yes')).lines[0]).toContain('a version of this');
    expect(await registry.lost()).toEqual([]);
    expect(await environment.objectKeys()).toContain(key('1.3.0'));
  });

  it('frees a version number by removing the orphaned object', async () => {
    const { code, lines } = await orphans('remove', '--all', '--yes');
    expect([code, lines]).toEqual([0, [`${key('1.1.0')}\tremoved`, `${key('1.3.0')}\tremoved`, '2 of 2 removed']]);
    expect((await registry.publish('1.3.0')).status).toBe(201);
    expect(await registry.lost()).toEqual([]);
    expect((await orphans()).lines).toEqual(['every package in the object store is a version’s']);
  });

  it('lets an upload that was lost together with PostgreSQL be published again with other bytes', async () => {
    const lock = await environment.database.pool.connect();
    await lock.query('begin');
    await lock.query('select from prompt for update');
    const interrupted = registry.client
      .upload(registry.promptId, '2.0.0', await registry.archive('2.0.0'))
      .catch(String);
    await eventually(
      () => environment.objectKeys(),
      (keys) => keys.includes(key('2.0.0')),
    );
    server.signal('SIGKILL');
    await interrupted;
    lock.release(true);
    await cluster.restart();
    registry.client = await start();
    await registry.lostAfterCleanUps();
    const reply = await registry.publish('2.0.0');
    expect([reply.status, keyOf(reply)]).toEqual([
      201,
      expect.stringMatching(/\/restored\/2\.0\.0\/[0-9a-f-]{36}\.tar\.gz$/),
    ]);
    expect(await registry.lost()).toEqual([]);
    expect((await orphans()).lines[0]).toMatch(`${key('2.0.0')}\t`);
  });
});
