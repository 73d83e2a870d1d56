import { Injectable } from '@nestjs/common';
import { ObjectStorage, type StorageVerdict } from './object-storage.js';

const checkedForMs = 5_000;

/** The latest verdict on the object store: asked again when it is older than some seconds. */
@Injectable()
export class StorageHealth {
  private latest: Promise<StorageVerdict> | undefined;
  private askedAt = 0;

  constructor(private readonly storage: ObjectStorage) {}

  verdict(): Promise<StorageVerdict> {
    if (!this.latest || Date.now() - this.askedAt > checkedForMs) {
      this.askedAt = Date.now();
      this.latest = this.storage.probe();
    }
    return this.latest;
  }
}
