import { bareUpload } from '../floor/bare-upload.js';
import { uploadLoad } from '../load/upload-load.js';
import { type Comparison, everyLoad } from '../scenario.js';

/** The floor neither looks into the package nor reserves its number. */
export const publishSmall: Comparison = {
  name: 'publish-4k',
  title: 'Publish 4 KB',
  connections: everyLoad,
  foremost: 8,
  status: { product: 201, floor: 201 },
  load: (world, numbers) => uploadLoad(world, 4_096, numbers),
  floor: bareUpload,
};
