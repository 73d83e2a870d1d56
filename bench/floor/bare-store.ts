import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rename } from 'node:fs/promises';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'minio';

/** The store that the product would use, without any layer: the bytes are durable when `put` returns. */
export interface BareStore {
  /** Answers the key. */
  put(body: Readable, bytes: number): Promise<string>;
}

const urlLifetimeSeconds = 60;

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
  const put = endpoint.protocol === 'https:' ? https.request : send;
  const agent = new (endpoint.protocol === 'https:' ? https.Agent : Agent)({ keepAlive: true });
  return {
    // One PUT of the stream as it comes. The client's own `putObject` would read it into memory and hash it twice.
    async put(body, bytes) {
      const key = `floor/${randomUUID()}`;
      const url = await client.presignedPutObject(S3_BUCKET, key, urlLifetimeSeconds);
      const request = put(url, { method: 'PUT', agent, headers: { 'content-length': bytes } });
      const [[response]] = (await Promise.all([once(request, 'response'), pipeline(body, request)])) as [
        [IncomingMessage],
        void,
      ];
      await response.resume().toArray();
      if (response.statusCode !== 200) throw new Error(`the object store answers ${response.statusCode}`);
      return key;
    },
  };
}
