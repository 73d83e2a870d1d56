import { keyOf, RegistryCopy } from '../support/registry-copy.js';
import { LocalPostgres } from '../support/local-postgres.js';
import type { ServerProcess } from '../support/server-process.js';
import { eventually, ServerEnvironment } from '../support/server-environment.js';

const { endpoint } = JSON.parse(process.env.PROMPTYARD_TEST_S3 ?? '{}') as { endpoint?: string };
const withEverything = LocalPostgres.isInstalled && endpoint ? describe : describe.skip;
const settings = {
  CLEANUP_INTERVAL_SECONDS: '1',
  JWT_SECRET: 'of both'.repeat(6),
  ENCRYPTION_KEY: 'of both'.repeat(6),
};

/** One of the databases, with the server that runs on it. */
interface Side {
  readonly environment: ServerEnvironment;
  server: ServerProcess;
  readonly registry: RegistryCopy;
}

withEverything('two databases that take a bucket from each other', () => {
  let cluster: LocalPostgres;
  let production: Side;
  let copy: Side;

  beforeAll(async () => {
    cluster = await LocalPostgres.start();
    const environment = await ServerEnvironment.open({ database: await cluster.database() });
    const { server, client } = await environment.start(settings);
    const promptId = await client.createPrompt('contested');
    production = { environment, server, registry: new RegistryCopy(client, 'contested', promptId) };
    await production.registry.publish('0.0.1');

    const other = environment.on(await cluster.restore(cluster.dump()));
    const started = await other.start(settings);
    copy = {
      environment: other,
      server: started.server,
      registry: new RegistryCopy(started.client, 'contested', promptId),
    };
  });
  afterAll(async () => {
    await copy.environment.close();
    await production.environment.close();
    await cluster.close();
  });

  async function restart(side: Side): Promise<void> {
    side.server.signal('SIGKILL');
    await side.server.exit;
    const { server, client } = await side.environment.start(settings);
    side.server = server;
    side.registry.client = client;
    await eventually(() => isNewest(side), Boolean, 30_000);
  }

  /** Whether the newest fence in the bucket is the one that the database has noted. */
  async function isNewest({ environment }: Side): Promise<boolean> {
    const fences = (await environment.objectKeys()).filter((key) => key.startsWith('fence/'));
    const statement = 'select number::int from bucket_fence';
    const { rows } = await environment.database.pool.query<{ number: number | null }>(statement);
    return rows[0]?.number === fences.length;
  }

  const packagesIn = async (environment: ServerEnvironment) =>
    (await environment.objectKeys()).filter((key) => key.endsWith('.tar.gz'));

  /** Kills the server after it has stored the package and before the version is visible. */
  async function dieWhilePublishing(
    { environment, server, registry }: Side,
    version: string,
    archive: Buffer,
  ): Promise<string> {
    const lock = await environment.database.pool.connect();
    await lock.query('begin; select from prompt for update');
    const before = await packagesIn(environment);
    const interrupted = registry.client.upload(registry.promptId, version, archive).catch(String);
    const keys = await eventually(
      () => packagesIn(environment),
      (found) => found.length > before.length,
    );
    server.signal('SIGKILL');
    await Promise.all([server.exit, interrupted]);
    lock.release(true);
    return keys.find((key) => !before.includes(key)) ?? '';
  }

  it('logs the loss of the bucket in one line', async () => {
    expect(await eventually(() => isNewest(copy), Boolean, 30_000)).toBe(true);
    const line = 'another database has taken this bucket';
    const found = await eventually(
      () => production.server.output,
      (output) => output.includes(line),
      30_000,
    );
    expect(found.split(line)).toHaveLength(2);
    // Not even at the very first start, when there is no bucket yet.
    expect(found).not.toContain('could not clear up');
  });

  it('clean up after their own failed uploads while they own it', async () => {
    await restart(production);
    const key = await dieWhilePublishing(production, '1.0.0', await production.registry.archive('1.0.0'));
    await restart(production);
    const reply = await production.registry.publish('1.0.0');
    expect([reply.status, keyOf(reply)]).toEqual([201, key]);
    expect(await production.registry.lostAfterCleanUps()).toEqual([]);
  });

  it('delete no object that the other one has adopted', async () => {
    const archive = await production.registry.archive('1.1.0');
    const key = await dieWhilePublishing(production, '1.1.0', archive);
    const adopted = await copy.registry.publish('1.1.0', archive);
    expect([adopted.status, keyOf(adopted)]).toEqual([201, key]);
    await restart(production);
    expect(await copy.registry.lostAfterCleanUps()).toEqual([]);
    const reply = await production.registry.publish('1.1.0');
    expect(reply.status).toBe(201);
    expect(keyOf(reply)).not.toBe(key);
    expect([...(await copy.registry.lost()), ...(await production.registry.lost())]).toEqual([]);
  });

  it('delete no object that they reserved before they owned it again', async () => {
    await restart(copy);
    const archive = await production.registry.archive('1.2.0');
    const key = await dieWhilePublishing(production, '1.2.0', archive);
    await restart(production);
    expect(await production.registry.lostAfterCleanUps()).toEqual([]);
    expect(await production.environment.objectKeys()).toContain(key);
    const reply = await production.registry.publish('1.2.0');
    expect(reply.status).toBe(201);
    expect(keyOf(reply)).not.toBe(key);
  });
});
