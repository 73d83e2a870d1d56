import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Client } from 'minio';

/** The store that the product would use, without any layer: the bytes are durable when `put` returns. */
export interface BareStore {
  /** Answers the key. */
  put(body: Readable, bytes: number): Promise<string>;
}

export async function openBareStore(): Promise<BareStore> {
  const { S3_ENDPOINT, DATA_DIR } = process.env;
  return S3_ENDPOINT ? bucket(new URL(S3_ENDPOINT)) : folder(join(DATA_DIR ?? '', 'objects'));
}

async function folder(path: string): Promise<BareStore> {
  await mkdir(path, { recursive: true });
  return {
    async put(body) {
      const key = randomUUID();
      await using file = await open(join(path, `${key}.part`), 'wx');
      await file.writeFile(body);
      await file.sync();
      await rename(join(path, `${key}.part`), join(path, key));
      await using directory = await open(path);
      await directory.sync();
      return key;
    },
  };
}

function bucket(endpoint: URL): BareStore {
  const { S3_REGION, S3_BUCKET = '', S3_ACCESS_KEY, S3_SECRET_KEY, S3_FORCE_PATH_STYLE } = process.env;
  const client = new Client({
    endPoint: endpoint.hostname,
    ...(endpoint.port ? { port: Number(endpoint.port) } : {}),
    useSSL: endpoint.protocol === 'https:',
    region: S3_REGION ?? 'us-east-1',
    accessKey: S3_ACCESS_KEY ?? '',
    secretKey: S3_SECRET_KEY ?? '',
    pathStyle: S3_FORCE_PATH_STYLE !== 'false',
  });
  return {
    async put(body, bytes) {
      const key = `floor/${randomUUID()}`;
      await client.putObject(S3_BUCKET, key, body, bytes);
      return key;
    },
  };
}
