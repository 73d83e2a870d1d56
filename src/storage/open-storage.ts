import type { StorageConfig } from '../config/storage.config.js';
import { DiskStorage } from './disk/disk-storage.js';
import { FileUrlSigner } from './disk/file-url-signer.js';
import type { ObjectStorage } from './object-storage.js';

/** The object store that is configured. */
export async function openStorage(config: StorageConfig): Promise<ObjectStorage> {
  if (config.kind === 's3') {
    // Loaded only if it is configured, because the client takes 12 MB.
    const { S3Storage } = await import('./s3/s3-storage.js');
    return S3Storage.open(config);
  }
  return DiskStorage.open({ directory: config.directory, urls: new FileUrlSigner(config.urlSigningKey) });
}
