import { Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { StorageConfig } from '../../src/config/storage.config.js';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { ObjectStorage } from '../../src/storage/object-storage.js';
import { S3Storage } from '../../src/storage/s3/s3-storage.js';
import { StorageModule } from '../../src/storage/storage.module.js';
import { StorageHealthService } from '../../src/storage/storage-health.service.js';
import { eventually } from '../support/api.js';
import { FakeStore, type StoreFaults } from './fake-store.js';
import { optionsFor } from './object-fixtures.js';

class Lines {
  readonly written: string[] = [];
  readonly log = (line: string) => void this.written.push(`log ${line}`);
  readonly warn = (line: string) => void this.written.push(`warn ${line}`);
  readonly error = (line: string) => void this.written.push(`error ${line}`);
}

async function start(config: StorageConfig) {
  const settings = [{ provide: StorageConfig.KEY, useValue: config }];
  @Global()
  @Module({ imports: [StorageModule], providers: settings, exports: settings })
  class Application {}

  const lines = new Lines();
  const module = await Test.createTestingModule({ imports: [Application] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useLogger(lines);
  await app.init();
  return { app, storage: app.get(ObjectStorage, { strict: false }), lines: lines.written };
}

describe('the storage module', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'storage-module-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('provides the folder, serves signed addresses, and logs where objects are', async () => {
    const { app, storage, lines } = await start({ kind: 'disk', directory, urlSigningKey: randomBytes(32) });
    expect(storage).toBeInstanceOf(DiskStorage);
    await storage.put('a/b', Readable.from([Buffer.from('content')]), optionsFor(Buffer.from('content')));
    const url = storage.downloadUrl('a/b', { expiresIn: 9, filename: 'b', contentType: 'text/plain', baseUrl: '' });
    const response = await app.inject({ url });
    expect([response.statusCode, response.body]).toEqual([200, 'content']);
    expect(lines).toContain(`log objects are kept in ${directory}`);
    await app.close();
  });

  it('starts without the object store, and logs its problem', async () => {
    const endpoint = 'http://127.0.0.1:1';
    const access = { region: 'us-east-1', accessKey: 'key', secretKey: 'secret', forcePathStyle: true };
    const checksPublicEndpoint = true;
    const config = {
      kind: 's3',
      endpoint,
      publicEndpoint: endpoint,
      bucket: 'packages',
      checksPublicEndpoint,
      ...access,
    } as const;
    const { app, storage, lines } = await start(config);
    expect(storage).toBeInstanceOf(S3Storage);
    expect(lines).toContain(
      'error object storage is not usable, uploads are refused until it is: objects are kept in bucket packages at http://127.0.0.1:1; bucket: ECONNREFUSED',
    );
    await app.close();
  });

  it.each<[string, StoreFaults]>([
    [
      'conditional write: the store overwrites objects: it ignores If-None-Match, so releases would not be safe in it',
      { overwrites: true },
    ],
    ['right to delete: AccessDenied', { keeps: 'anything' }],
    [
      'delete: AccessDenied: one object of this test stays, and no other is written until it can be deleted',
      { keeps: 'objects' },
    ],
    ['bucket: it is in the region eu-west-1, not in us-east-1: set S3_REGION', { region: 'eu-west-1' }],
    ['download address: clients are answered 403 SignatureDoesNotMatch', { signedAddresses: 403 }],
  ])('logs in one line what a store does not support: %s', async (reason, faults) => {
    const store = await FakeStore.start();
    store.hasBucket = true;
    Object.assign(store.faults, faults);
    const { app, lines } = await start(configOf(store));
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([
      `error object storage is not usable, uploads are refused until it is: objects are kept in bucket ${store.bucket} at ${store.endpoint}; ${reason}`,
    ]);
    await app.close();
    await store.stop();
  });

  it('logs that it created the bucket, and when the store works again', async () => {
    const store = await FakeStore.start();
    const { app, lines } = await start(configOf(store));
    const place = `objects are kept in bucket ${store.bucket} at ${store.endpoint}`;
    expect(lines).toContain(`warn ${place}; the bucket did not exist and was created`);
    const health = app.get(StorageHealthService, { strict: false });
    store.faults.overwrites = true;
    await eventually(
      () => health.verdict(),
      ({ ok }) => !ok,
      30_000,
    );
    store.faults.overwrites = undefined;
    await eventually(
      () => health.verdict(),
      ({ ok }) => ok,
      30_000,
    );
    const about = lines.filter((line) => line.includes('usable'));
    expect(about.map((line) => line.split(':')[0])).toEqual([
      'error object storage is not usable, uploads are refused until it is',
      'warn object storage is usable again',
    ]);
    await app.close();
    await store.stop();
  });
});

function configOf({ endpoint, bucket }: FakeStore): StorageConfig {
  const access = { region: 'us-east-1', accessKey: 'key', secretKey: 'secret', forcePathStyle: true };
  return { kind: 's3', endpoint, publicEndpoint: endpoint, checksPublicEndpoint: true, bucket, ...access };
}
