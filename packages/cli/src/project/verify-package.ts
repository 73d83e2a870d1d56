import type { ApiClient } from '../api/api-client.js';
import { ExitCode, CliError } from '../cli-error.js';
import type { SafePath } from '../files/safe-path.js';
import { entryDifferences } from '../lock/entry-differences.js';
import { digestFiles, fileDifferences } from '../lock/file-differences.js';
import type { LockedPackage } from '../lock/lock-file.js';
import { downloadArchive } from './archives/download-archive.js';
import { digestFolder } from './digest-folder.js';
import { installFolderOf } from './staged-install.js';
import { readRelease } from './registry.js';
import { unpackArchive } from './archives/unpack-archive.js';

type LockedEntry = readonly [id: string, locked: LockedPackage];

/** The differences of a package to the lock, one line each: of the installed files, and of the registry. */
export async function verifyPackage(
  api: ApiClient | undefined,
  directory: SafePath,
  entry: LockedEntry,
  onBytes: (amount: number) => void,
): Promise<string[]> {
  const installed = await verifyFolder(directory, entry);
  return api ? [...installed, ...(await verifyRegistry(api, entry, onBytes))] : installed;
}

async function verifyFolder(directory: SafePath, [id, { files }]: LockedEntry): Promise<string[]> {
  const folder = installFolderOf(directory, id);
  const found = await digestFolder(folder);
  if (!found) return [`${folder.display} is not installed`];
  return fileDifferences(files, found).map((difference) => `${folder.display}: ${difference}`);
}

async function verifyRegistry(
  api: ApiClient,
  [id, locked]: LockedEntry,
  onBytes: (amount: number) => void,
): Promise<string[]> {
  const at = `${id}@${locked.version}`;
  try {
    const release = await readRelease(api, id, locked.version);
    // Downloaded by the registry's own digest, to distinguish a wrong entry from a wrong object.
    const archive = await downloadArchive(api, { id, ...release }, onBytes);
    const files = digestFiles(await unpackArchive(id, locked.version, archive));
    const entry = entryDifferences(locked, release);
    const inside = fileDifferences(locked.files, files).map((each) => `against the package in the registry, ${each}`);
    return [...entry, ...inside].map((difference) => `${at}: ${difference}`);
  } catch (error) {
    return [formatFinding(at, error)];
  }
}

/** A missing or changed version is a finding; an unreachable registry is an error. */
function formatFinding(at: string, error: unknown): string {
  const isFinding =
    error instanceof CliError && (error.exitCode === ExitCode.verification || error.exitCode === ExitCode.notFound);
  if (!isFinding) throw error;
  const message = error.message.includes(at) ? error.message : `${at}: ${error.message}`;
  return [message, ...error.details].join('; ');
}
