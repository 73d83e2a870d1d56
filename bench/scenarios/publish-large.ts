import { uploadLoad } from '../load/upload-load.js';
import type { Comparison } from '../scenario.js';

/** Compared with the floor of publish-small.ts: a plain stream of the same bytes into the same store, and a row. */
export const publishLarge: Comparison = {
  name: 'publish-5m',
  title: 'Publish 5 MB',
  connections: [4],
  mainConnections: 4,
  minSeconds: 5,
  goal: 0.9,
  status: { product: 201, floor: 201 },
  load: (fixtures, numbers) => uploadLoad(fixtures, 5_000_000, numbers),
  floor: () => undefined,
};

/** The same on a MinIO, beside a bare PUT of the stream. */
export const publishLargeToMinio: Comparison = {
  ...publishLarge,
  name: 'publish-5m-minio',
  title: 'Publish 5 MB, on MinIO',
  goal: 0.8,
  store: 'minio',
};
