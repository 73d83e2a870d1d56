import type { Comparison, Inspection } from '../scenario.js';
import { coldStart } from './cold-start.js';
import { conductorGet } from './conductor-get.js';
import { conductorList } from './conductor-list.js';
import { conductorSave } from './conductor-save.js';
import { download } from './download.js';
import { firstByte } from './first-byte.js';
import { listVersions, longLists } from './list-versions.js';
import { manyPublishes } from './many-publishes.js';
import { mixOfWrites } from './mix-of-writes.js';
import { memory } from './memory.js';
import { openWebuiAll } from './open-webui-all.js';
import { openWebuiGet } from './open-webui-get.js';
import { openWebuiList } from './open-webui-list.js';
import { openWebuiUpdate } from './open-webui-update.js';
import { publishLarge, publishLargeToMinio } from './publish-large.js';
import { publishSmall, publishSmallToMinio } from './publish-small.js';
import { resolveLabel } from './resolve-label.js';
import { resolveNotModified } from './resolve-not-modified.js';
import { search } from './search.js';
import { twoProcesses } from './two-processes.js';

export const comparisons: readonly Comparison[] = [
  download,
  listVersions,
  ...longLists,
  resolveLabel,
  resolveNotModified,
  search,
  publishSmall,
  publishLarge,
  publishSmallToMinio,
  publishLargeToMinio,
  conductorGet,
  conductorSave,
  conductorList,
  openWebuiList,
  openWebuiAll,
  openWebuiGet,
  openWebuiUpdate,
];

export const inspections: readonly Inspection[] = [
  coldStart,
  memory,
  firstByte,
  mixOfWrites,
  twoProcesses,
  manyPublishes,
];
