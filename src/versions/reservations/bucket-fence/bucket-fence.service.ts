import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { fenceKey, fencePrefix } from '../../../storage/object-keys.js';
import { ObjectStorage } from '../../../storage/object-storage.js';
import { ObjectExists } from '../../../storage/storage.errors.js';
import { BucketFence } from './bucket-fence.entity.js';
import { BucketFenceRepository, type Fence } from './bucket-fence.repository.js';

const pageSize = 1_000;

interface StoredFence {
  readonly number: number;
  readonly token: string | undefined;
}

/**
 * Decides which database owns the bucket: the one whose token is in the newest of the numbered objects under `fence/`,
 * each of which can be put only once. All processes of a database share its token. A starting process takes the bucket
 * for its database. A running process takes it only if PostgreSQL has been replaced, so that two running databases do
 * not take the bucket from each other for ever.
 */
@Injectable()
export class BucketFenceService {
  private readonly log = new Logger(BucketFenceService.name);
  private hasStarted = false;
  private isLost = false;

  constructor(
    @InjectRepository(BucketFence) private readonly fences: BucketFenceRepository,
    private readonly storage: ObjectStorage,
  ) {}

  /** Makes sure that this database has a fence, in its table and in the bucket. Has to be called regularly. */
  async establish(): Promise<void> {
    const fence = await this.fences.current();
    const newest = await this.newest(fence);
    if (newest?.token === fence.token) await this.fences.record(fence, newest.number);
    else if (fence.number === null) await this.put(fence, newest);
    else if (!this.hasStarted) await this.put(await this.fences.replace(fence), newest);
    else return this.reportLoss();
    this.hasStarted = true;
    this.isLost = false;
  }

  /**
   * Renews the token if PostgreSQL has been replaced, so that reservations of this database count again. Does not
   * access the bucket.
   */
  async renew(): Promise<void> {
    await this.fences.current();
  }

  /** Whether this database owns the bucket at this moment. Has to be checked before anything is deleted. */
  async isHeld(): Promise<boolean> {
    const { token, number } = await this.fences.current();
    if (number === null) return false;
    const [own, next] = await Promise.all(
      [fenceKey(number), fenceKey(number + 1)].map((key) => this.storage.head(key)),
    );
    return own?.metadata.token === token && !next;
  }

  private async newest({ number }: Fence): Promise<StoredFence | undefined> {
    let last = number === null ? undefined : fenceKey(number);
    for (let cursor: string | null | undefined = last; cursor !== null;) {
      const page = await this.storage.list(fencePrefix, { limit: pageSize, cursor });
      last = page.objects.at(-1)?.key ?? last;
      cursor = page.cursor;
    }
    const stored = last === undefined ? null : await this.storage.head(last);
    if (last === undefined || !stored) return undefined;
    return { number: Number(last.slice(fencePrefix.length)), token: stored.metadata.token };
  }

  private async put(fence: Fence, newest: StoredFence | undefined): Promise<void> {
    for (let number = (newest?.number ?? 0) + 1; ; number += 1) {
      if (!(await this.tryPut(fence, number))) continue;
      await this.fences.record(fence, number);
      if (newest) this.log.log(`this database has taken the bucket, which database ${newest.token} had before`);
      return;
    }
  }

  /** False if another database has the number. */
  private async tryPut({ token }: Fence, number: number): Promise<boolean> {
    const content = Buffer.from(`The bucket was taken by a database of Promptyard at ${new Date().toISOString()}.\n`);
    const options = { size: content.length, contentType: 'text/plain', metadata: { token }, ifAbsent: true } as const;
    try {
      await this.storage.put(fenceKey(number), Readable.from([content]), options);
      return true;
    } catch (error) {
      if (!(error instanceof ObjectExists)) throw error;
      return (await this.storage.head(fenceKey(number)))?.metadata.token === token;
    }
  }

  private reportLoss(): void {
    if (!this.isLost) {
      this.log.warn(
        'another database has taken this bucket, such as a restored copy of this one: what failed uploads leave there ' +
          'is not removed until a server of this database starts again',
      );
    }
    this.isLost = true;
  }
}
