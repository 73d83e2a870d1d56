import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MikroORM } from '@mikro-orm/postgresql';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config/config.js';
import { buildDocument } from '../openapi/build-document.js';
import { asJson, asYaml } from '../openapi/write-text.js';

/** The document as text, from the routes alone: no database, no store, no data folder is touched. */
export async function renderDocument(): Promise<{ json: string; yaml: string }> {
  const secret = 'never used: nothing is started to build the document';
  const config = readConfig({ DATA_DIR: tmpdir(), JWT_SECRET: secret, ENCRYPTION_KEY: secret });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, undefined as unknown as MikroORM),
    new FastifyAdapter({ skipMiddie: true }),
    { preview: true, logger: false, abortOnError: false },
  );
  const document = await buildDocument(app);
  await app.close();
  return { json: asJson(document), yaml: await asYaml(document) };
}

export async function writeDocument(folder: string): Promise<void> {
  const { json, yaml } = await renderDocument();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'openapi.json'), json);
  await writeFile(join(folder, 'openapi.yaml'), yaml);
  process.stdout.write(`wrote ${join(folder, 'openapi.json')} and ${join(folder, 'openapi.yaml')}\n`);
}
