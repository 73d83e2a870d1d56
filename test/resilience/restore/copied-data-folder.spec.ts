import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { admin } from '../support/admin.js';
import { EmbeddedHome } from '../support/embedded-home.js';
import { keyOf, RegistryCopy } from '../support/registry-copy.js';
import { Load } from '../support/load.js';
import type { RegistryClient } from '../support/registry-client.js';
import type { ServerProcess } from '../support/server-process.js';
import { processTreeOf } from '../support/worker-processes.js';

const settings = { CLEANUP_INTERVAL_SECONDS: '1' };

function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

describe('a data folder', () => {
  let home: EmbeddedHome;
  let copy: EmbeddedHome;
  let server: ServerProcess;
  let client: RegistryClient;

  beforeEach(async () => {
    home = new EmbeddedHome(settings);
    copy = new EmbeddedHome(settings);
    ({ server, client } = await home.start());
  });
  afterEach(async () => {
    await home.close();
    await copy.close();
  });

  /** Everything that writes there is stopped for a moment, as a snapshot of the file system shows it. */
  function snapshot(): void {
    const pids = [server.pid, ...processTreeOf(home.postmaster() ?? 0)];
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    copyFolder(home.dataDirectory, copy.dataDirectory);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }

  it.each([
    ['while its server runs', () => Promise.resolve(snapshot())],
    [
      'after its server was killed',
      async () => {
        await server.end();
        await home.killPostgres();
        copyFolder(home.dataDirectory, copy.dataDirectory);
        ({ server, client } = await home.start());
      },
    ],
  ])(
    'that is copied %s becomes a second registry, and each keeps its acknowledged versions',
    async (_when, copyNow) => {
      const load = await Load.start(client, 'copied', { upload: 4 }, 1_000_000);
      while (load.published.size < 8) await new Promise((resolve) => setTimeout(resolve, 50));
      const before = new Map(load.published);
      await copyNow();
      await load.stop();
      const original = new RegistryCopy(client, load.name, load.promptId);
      const copied = new RegistryCopy((await copy.start()).client, load.name, load.promptId);
      for (const [version, digest] of load.published) original.acknowledged.set(version, digest);
      for (const [version, digest] of before) copied.acknowledged.set(version, digest);
      for (const each of [original, copied]) expect((await each.publish('2.0.0')).status).toBe(201);
      expect(await original.lostAfterCleanUps()).toEqual([]);
      expect(await copied.lost()).toEqual([]);
    },
  );

  it('whose database alone is restored to an older state keeps every package', async () => {
    const load = await Load.start(client, 'gone-back', { upload: 4 }, 1_000_000);
    while (load.published.size < 4) await new Promise((resolve) => setTimeout(resolve, 50));
    await server.end();
    await home.killPostgres();
    await load.stop();
    copyFolder(home.dataDirectory, copy.dataDirectory);

    ({ server, client } = await home.start());
    const registry = new RegistryCopy(client, load.name, load.promptId);
    for (const [version, digest] of load.published) registry.acknowledged.set(version, digest);
    const archives = await Promise.all(['2.0.0', '2.1.0'].map((version) => registry.archive(version)));
    const first = await registry.publish('2.0.0', archives[0]);
    await registry.publish('2.1.0', archives[1]);
    // Among them those that were under way when the server was killed, and that the older state has reserved.
    for (let patch = 1; patch <= load.published.size + 4; patch += 1) {
      if (!load.published.has(`1.0.${patch}`)) await registry.publish(`1.0.${patch}`);
    }
    const objects = (await registry.client.items(load.name)).map((item) => `${item.tarball_url}.object`);
    server.signal('SIGTERM');
    await server.exit;
    copyFolder(join(copy.dataDirectory, 'postgres'), join(home.dataDirectory, 'postgres'));

    ({ server, client } = await home.start());
    registry.client = client;
    registry.acknowledged.clear();
    for (const [version, digest] of load.published) registry.acknowledged.set(version, digest);
    expect(await registry.lostAfterCleanUps()).toEqual([]);
    expect(objects.filter((path) => !existsSync(join(home.dataDirectory, 'objects', path)))).toEqual([]);
    const same = await registry.publish('2.0.0', archives[0]);
    expect([same.status, keyOf(same)]).toEqual([201, keyOf(first)]);
    expect((await registry.publish('2.1.0')).status).toBe(409);
    server.signal('SIGTERM');
    await server.exit;
    const { code, lines } = await admin({ DATA_DIR: home.dataDirectory }, 'orphans');
    expect([code, lines.map((line) => line.split('\t')[0])]).toEqual([
      0,
      expect.arrayContaining([keyOf(first).replace('2.0.0', '2.1.0')]),
    ]);
  });
});
