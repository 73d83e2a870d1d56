import { Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { StorageConfig } from '../../src/config/storage.config.js';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { ObjectStorage } from '../../src/storage/object-storage.js';
import { S3Storage } from '../../src/storage/s3/s3-storage.js';
import { StorageModule } from '../../src/storage/storage.module.js';
import { optionsFor } from './object-fixtures.js';

class Lines {
  readonly written: string[] = [];
  readonly log = (line: string) => void this.written.push(`log ${line}`);
  readonly warn = (line: string) => void this.written.push(`warn ${line}`);
  readonly error = (line: string) => void this.written.push(`error ${line}`);
}

async function start(config: StorageConfig) {
  const settings = ConfigModule.forRoot({
    isGlobal: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    load: [registerAs('storage', () => config)],
  });
  @Module({ imports: [settings, StorageModule] })
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

  it('offers the folder, serves what it signs, and says where objects are', async () => {
    const { app, storage, lines } = await start({ kind: 'disk', directory, urlSigningKey: randomBytes(32) });
    expect(storage).toBeInstanceOf(DiskStorage);
    await storage.put('a/b', Readable.from([Buffer.from('content')]), optionsFor(Buffer.from('content')));
    const url = storage.downloadUrl('a/b', { expiresIn: 9, filename: 'b', contentType: 'text/plain', baseUrl: '' });
    const response = await app.inject({ url });
    expect([response.statusCode, response.body]).toEqual([200, 'content']);
    expect(lines).toContain(`log objects are kept in ${directory}`);
    await app.close();
  });

  it('starts without the object store, and says what is wrong with it', async () => {
    const endpoint = 'http://127.0.0.1:1';
    const access = { region: 'us-east-1', accessKey: 'key', secretKey: 'secret', forcePathStyle: true };
    const config = { kind: 's3', endpoint, publicEndpoint: endpoint, bucket: 'packages', ...access } as const;
    const { app, storage, lines } = await start(config);
    expect(storage).toBeInstanceOf(S3Storage);
    expect(lines).toContain(
      'error object storage is not usable: objects are kept in bucket packages at http://127.0.0.1:1; bucket: ECONNREFUSED',
    );
    await app.close();
  });
});
