import type { Part } from '../load/mixed-load.js';
import { conductorGet } from '../scenarios/conductor-get.js';
import { conductorSave } from '../scenarios/conductor-save.js';
import { download } from '../scenarios/download.js';
import { listVersions } from '../scenarios/list-versions.js';
import { openWebuiGet } from '../scenarios/open-webui-get.js';
import { openWebuiList } from '../scenarios/open-webui-list.js';
import { openWebuiUpdate } from '../scenarios/open-webui-update.js';
import { publishSmall } from '../scenarios/publish-small.js';
import { resolveLabel } from '../scenarios/resolve-label.js';
import { resolveNotModified } from '../scenarios/resolve-not-modified.js';
import { search } from '../scenarios/search.js';

/** The kind of row that a successful request writes. */
export type WriteKind = 'download' | 'revision' | 'version';

export interface Share extends Part {
  readonly writes?: WriteKind;
}

/** Applications read, users browse, and three percent of the requests write. */
export const mix: readonly Share[] = [
  { scenario: resolveLabel, weight: 300 },
  { scenario: resolveNotModified, weight: 200 },
  { scenario: download, weight: 150, writes: 'download' },
  { scenario: listVersions, weight: 100 },
  { scenario: search, weight: 60 },
  { scenario: conductorGet, weight: 80 },
  { scenario: openWebuiGet, weight: 60 },
  { scenario: openWebuiList, weight: 20 },
  { scenario: conductorSave, weight: 10, writes: 'revision' },
  { scenario: openWebuiUpdate, weight: 10, writes: 'revision' },
  { scenario: publishSmall, weight: 10, writes: 'version' },
];
