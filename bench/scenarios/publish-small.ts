import { bareUpload } from '../floor/bare-upload.js';
import { uploadLoad } from '../load/upload-load.js';
import { type Comparison, connectionCounts } from '../scenario.js';

/** The floor neither validates the package nor reserves its version. */
export const publishSmall: Comparison = {
  name: 'publish-4k',
  title: 'Publish 4 KB',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.45,
  status: { product: 201, floor: 201 },
  load: (fixtures, numbers) => uploadLoad(fixtures, 4_096, numbers),
  floor: bareUpload,
};

/** The same on a MinIO, where the floor sends the form on as it comes. */
export const publishSmallToMinio: Comparison = {
  ...publishSmall,
  name: 'publish-4k-minio',
  title: 'Publish 4 KB, on MinIO',
  connections: [8],
  store: 'minio',
  floor: () => undefined,
};
