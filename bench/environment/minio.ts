import { MinioContainer } from '@testcontainers/minio';
import { getContainerRuntimeClient } from 'testcontainers';
import { ScenarioSkipped } from '../scenario-skipped.js';

const image = 'minio/minio:RELEASE.2025-09-07T16-13-09Z';

/** Starts a MinIO, and returns the settings of a bucket in it. @throws ScenarioSkipped without a container engine */
export async function startMinio(stack: AsyncDisposableStack): Promise<Readonly<Record<string, string>>> {
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw new ScenarioSkipped('as no container engine is here', { cause });
  });
  const container = await new MinioContainer(image).start();
  stack.defer(async () => {
    await container.stop();
  });
  return {
    S3_ENDPOINT: container.getConnectionUrl(),
    S3_BUCKET: 'promptyard-bench',
    S3_ACCESS_KEY: container.getUsername(),
    S3_SECRET_KEY: container.getPassword(),
  };
}
