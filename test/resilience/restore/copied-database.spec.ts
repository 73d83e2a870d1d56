import { TcpProxy } from '../../support/network/tcp-proxy.js';
import type { TestDatabase } from '../../support/test-database.js';
import { keyOf, RegistryCopy } from '../support/registry-copy.js';
import { LocalPostgres } from '../support/local-postgres.js';
import { type RegistryClient } from '../support/registry-client.js';
import { eventually, ServerEnvironment } from '../support/server-environment.js';

const { endpoint } = JSON.parse(process.env.PROMPTYARD_TEST_S3 ?? '{}') as { endpoint?: string };
const withEverything = LocalPostgres.isInstalled && endpoint ? describe : describe.skip;
const settings = {
  CLEANUP_INTERVAL_SECONDS: '1',
  JWT_SECRET: 'of both'.repeat(6),
  ENCRYPTION_KEY: 'of both'.repeat(6),
};

interface CopyMethod {
  readonly way: string;
  /** The answer to an upload of other bytes for a version whose upload is unfinished in the copy. */
  readonly unfinished: readonly number[];
  /** Copies the present state of the database; the copy can be started later. */
  copy(cluster: LocalPostgres): Promise<() => Promise<TestDatabase>>;
}

const methods: CopyMethod[] = [
  {
    way: 'a dump that is restored beside it',
    unfinished: [409],
    copy: (cluster) => {
      const dump = cluster.dump();
      return Promise.resolve(() => cluster.restore(dump));
    },
  },
  {
    way: 'a base backup that is started elsewhere',
    unfinished: [201],
    copy: async (cluster) => {
      const copy = await cluster.backUp();
      return () => copy.database();
    },
  },
  {
    way: 'a standby that is promoted',
    unfinished: [201],
    copy: async (cluster) => {
      const copy = await cluster.standBy();
      copy.promote();
      return () => copy.database();
    },
  },
  {
    way: 'a snapshot of its volume',
    // Its uploads were cut off, and are published by reservations that the copy does not know.
    unfinished: [201, 409],
    copy: async (cluster) => {
      const copy = await cluster.snapshot();
      return () => copy.database();
    },
  },
];

withEverything('a copied database beside its original, with one bucket', () => {
  let cluster: LocalPostgres;
  let store: TcpProxy;
  let production: ServerEnvironment;
  let client: RegistryClient;

  beforeAll(async () => {
    cluster = await LocalPostgres.start();
    store = await TcpProxy.to(endpoint ?? '');
    production = await ServerEnvironment.open({ database: await cluster.database() });
    ({ client } = await production.start({ ...settings, S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: endpoint }));
  });
  afterAll(async () => {
    await production.close();
    await store.close();
    await cluster.close();
  });

  it.each(methods)(
    'loses no acknowledged version of the original or of the copy: $way',
    async ({ way: method, copy, unfinished }) => {
      const name = method.replaceAll(' ', '-');
      const original = new RegistryCopy(client, name, await client.createPrompt(name));
      await original.publish('0.0.1');
      const archives = await Promise.all(['1.0.0', '1.0.1', '1.0.2'].map((version) => original.archive(version)));
      store.freeze();
      const uploads = ['1.0.0', '1.0.1', '1.0.2'].map((version, index) => original.publish(version, archives[index]));
      await eventually(
        () => production.reservations(),
        (count) => count === 3,
      );
      const copyLater = await copy(cluster);
      store.restore();
      const replies = await Promise.all(uploads);
      expect(replies.map(({ status }) => status)).toEqual([201, 201, 201]);
      await original.publish('1.1.0');

      const other = production.on(await copyLater());
      try {
        const { rows } = await other.database.pool.query<{ version: string }>(
          'select version from version_reservation',
        );
        expect(rows.map(({ version }) => version).sort()).toEqual(['1.0.0', '1.0.1', '1.0.2']);
        const restored = new RegistryCopy((await other.start(settings)).client, name, original.promptId);
        restored.acknowledged.set('0.0.1', original.acknowledged.get('0.0.1') ?? '');
        expect(await original.lostAfterCleanUps()).toEqual([]);

        // An upload of such a version must have the same bytes, or another version number.
        expect(unfinished).toContain((await restored.publish('1.0.0')).status);
        expect((await restored.publish('1.1.0')).status).toBe(409);
        const adopted = await restored.publish('1.0.2', archives[2]);
        expect([adopted.status, keyOf(adopted)]).toEqual([201, replies[2] && keyOf(replies[2])]);
        expect((await original.publish('1.2.0')).status).toBe(201);
        expect((await restored.publish('1.3.0')).status).toBe(201);
        expect(await original.lostAfterCleanUps()).toEqual([]);
        expect(await restored.lost()).toEqual([]);
      } finally {
        await other.close();
      }
    },
  );
});
