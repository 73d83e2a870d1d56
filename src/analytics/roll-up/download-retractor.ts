import { Injectable } from '@nestjs/common';
import type { DownloadRecord } from '../download.repository.js';
import {
  deleteDownloads,
  deleteEmptyDays,
  deleteEmptyHours,
  subtractFromDays,
  subtractFromHours,
} from './retraction.queries.js';
import { RollUpLock } from './roll-up-lock.js';

interface RemovedDownload {
  readonly promptId: string;
  readonly versionId: string;
  readonly at: string;
  readonly visitor: Buffer;
  readonly isInDays: boolean;
  readonly isInHours: boolean;
}

/** Removes recorded downloads, also from the sums. */
@Injectable()
export class DownloadRetractor {
  constructor(private readonly lock: RollUpLock) {}

  /** Records that are not there are skipped; what the sums hold of the others is subtracted from them. */
  async retract(records: readonly DownloadRecord[]): Promise<void> {
    const values = [records.map(({ id }) => id), records.map(({ at }) => at.toISOString())];
    // A roll-up that has counted a record but has not committed would make the record look uncounted.
    await this.lock.run(async (query) => {
      const removed = await query<RemovedDownload>(deleteDownloads, values);
      const inDays = columns(removed.filter(({ isInDays }) => isInDays));
      const inHours = columns(removed.filter(({ isInHours }) => isInHours));
      if (inDays.at.length > 0) {
        await query(subtractFromDays, [inDays.promptIds, inDays.versionIds, inDays.at, inDays.visitors]);
        await query(deleteEmptyDays, [inDays.promptIds, inDays.versionIds]);
      }
      if (inHours.at.length > 0) {
        await query(subtractFromHours, [inHours.versionIds, inHours.at]);
        await query(deleteEmptyHours, [inHours.versionIds]);
      }
    });
  }
}

function columns(removed: readonly RemovedDownload[]) {
  return {
    promptIds: removed.map(({ promptId }) => promptId),
    versionIds: removed.map(({ versionId }) => versionId),
    at: removed.map(({ at }) => at),
    visitors: removed.map(({ visitor }) => visitor),
  };
}
