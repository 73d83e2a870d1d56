import { hash } from 'node:crypto';
import type { PackageSource } from '@promptyard/package-format/build-package.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { ObjectBytes } from '../reservations/reserved-object-store.js';

export interface Packed {
  readonly bytes: ObjectBytes;
  /** The contents as every reader sees them. */
  readonly contents: PackageContents;
}

/** Builds a package in memory. @throws ValidationFailed */
export async function pack(source: PackageSource): Promise<Packed> {
  // Loaded at first use, because most processes publish nothing for a long time.
  const { buildPackageWithContents } = await import('@promptyard/package-format/build-package.js');
  try {
    const { archive, contents } = await buildPackageWithContents(source);
    return { bytes: { size: archive.length, sha256: hash('sha256', archive), chunks: [archive] }, contents };
  } catch (error) {
    throw error instanceof InvalidPackage ? ValidationFailed({ content: error.reason }) : error;
  }
}
