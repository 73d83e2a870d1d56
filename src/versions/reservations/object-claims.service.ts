import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { claimKey } from '../../storage/object-keys.js';
import { ObjectStorage } from '../../storage/object-storage.js';
import { ObjectExists } from '../../storage/storage.errors.js';

type Purpose = 'keep' | 'delete';

/**
 * Decides between all databases of a bucket whether an object is deleted, with a claim object that only one of them can
 * put. An adopted object has a permanent claim, a deletion a temporary one.
 */
@Injectable()
export class ObjectClaimsService {
  constructor(private readonly storage: ObjectStorage) {}

  /** Prevents every server from deleting the object, permanently. False if a server is deleting it. */
  async keep(objectKey: string, by: string): Promise<boolean> {
    if (await this.tryPut(objectKey, 'keep', by)) return true;
    return (await this.purposeOf(objectKey)) === 'keep';
  }

  /**
   * Prevents every server from adopting the object until `endDeletion`. False if one has adopted it or another one is
   * deleting it.
   */
  async beginDeletion(objectKey: string, by: string, predecessors: readonly string[] = []): Promise<boolean> {
    if (await this.tryPut(objectKey, 'delete', by)) return true;
    return this.isDeletedBy(objectKey, [by, ...predecessors]);
  }

  async endDeletion(objectKey: string): Promise<void> {
    await this.storage.delete(claimKey(objectKey));
  }

  /** Removes the claim of a deletion that was interrupted after it had deleted the object. */
  async endDeletionOf(objectKey: string, reservations: readonly string[]): Promise<void> {
    if (await this.isDeletedBy(objectKey, reservations)) await this.endDeletion(objectKey);
  }

  async purposeOf(objectKey: string): Promise<string | undefined> {
    return (await this.storage.head(claimKey(objectKey)))?.metadata.purpose;
  }

  private async isDeletedBy(objectKey: string, reservations: readonly string[]): Promise<boolean> {
    const claim = await this.storage.head(claimKey(objectKey));
    return claim?.metadata.purpose === 'delete' && reservations.includes(claim.metadata.reservation ?? '');
  }

  private async tryPut(objectKey: string, purpose: Purpose, by: string): Promise<boolean> {
    const content = Buffer.from(`${purpose} ${objectKey}\n`);
    try {
      await this.storage.put(claimKey(objectKey), Readable.from([content]), {
        size: content.length,
        contentType: 'text/plain',
        metadata: { purpose, reservation: by },
        ifAbsent: true,
      });
      return true;
    } catch (error) {
      if (error instanceof ObjectExists) return false;
      throw error;
    }
  }
}
