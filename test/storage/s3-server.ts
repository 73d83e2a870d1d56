import { randomUUID } from 'node:crypto';
import { MinioContainer } from '@testcontainers/minio';
import { getContainerRuntimeClient } from 'testcontainers';
import { z } from 'zod';
import type { S3StorageParts } from '../../src/storage/s3/s3-storage.js';

const image = 'minio/minio:RELEASE.2025-09-07T16-13-09Z';
const Given = z.object({ endpoint: z.url(), accessKey: z.string(), secretKey: z.string() });

export interface S3Server {
  /** The settings of a bucket that does not exist yet. */
  aBucket(): S3StorageParts;
  stop(): Promise<void>;
}

/** Why no S3 server can be had here; undefined if one can. CI always has one. */
export async function missingS3Reason(): Promise<string | undefined> {
  if (process.env.PROMPTYARD_TEST_S3 || process.env.CI) return undefined;
  return getContainerRuntimeClient().then(
    () => undefined,
    () => 'no container engine is here, and PROMPTYARD_TEST_S3 names no server',
  );
}

/** The server that `PROMPTYARD_TEST_S3` describes, or one in a container. */
export async function startS3(): Promise<S3Server> {
  const given = process.env.PROMPTYARD_TEST_S3;
  if (given) return serverAt(Given.parse(JSON.parse(given)), () => Promise.resolve());
  const container = await new MinioContainer(image).start();
  const { username, password } = { username: container.getUsername(), password: container.getPassword() };
  const access = { endpoint: container.getConnectionUrl(), accessKey: username, secretKey: password };
  return serverAt(access, async () => {
    await container.stop();
  });
}

function serverAt(access: z.infer<typeof Given>, stop: () => Promise<void>): S3Server {
  const aBucket = () => ({
    ...access,
    publicEndpoint: access.endpoint,
    region: 'us-east-1',
    bucket: `promptyard-${randomUUID()}`,
    forcePathStyle: true,
  });
  return { aBucket, stop };
}
