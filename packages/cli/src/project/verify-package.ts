import type { Api } from '../api/api.js';
import { ExitCode, ToolFailure } from '../failure.js';
import type { NamedPath } from '../files/named-path.js';
import { entryDifferences } from '../lock/entry-differences.js';
import { digestFiles, fileDifferences } from '../lock/file-differences.js';
import type { LockedPackage } from '../lock/lock-file.js';
import { downloadArchive } from './archives/download-archive.js';
import { digestFolder } from './installed-files.js';
import { folderOf } from './placement.js';
import { readRelease } from './registry.js';
import { unpackArchive } from './archives/unpack-archive.js';

type LockedEntry = readonly [id: string, locked: LockedPackage];

/** All that is not as the lock says of a package, one line each: what is installed, and what the registry has. */
export async function problemsOf(
  api: Api | undefined,
  directory: NamedPath,
  entry: LockedEntry,
  onBytes: (amount: number) => void,
): Promise<string[]> {
  const installed = await problemsOfFolder(directory, entry);
  return api ? [...installed, ...(await problemsOfRegistry(api, entry, onBytes))] : installed;
}

async function problemsOfFolder(directory: NamedPath, [id, { files }]: LockedEntry): Promise<string[]> {
  const folder = folderOf(directory, id);
  const found = await digestFolder(folder);
  if (!found) return [`${folder.shown} is not installed`];
  return fileDifferences(files, found).map((difference) => `${folder.shown}: ${difference}`);
}

async function problemsOfRegistry(
  api: Api,
  [id, locked]: LockedEntry,
  onBytes: (amount: number) => void,
): Promise<string[]> {
  const at = `${id}@${locked.version}`;
  try {
    const release = await readRelease(api, id, locked.version);
    // Asked for by the registry's own digest: a wrong entry and a wrong object are two different things.
    const archive = await downloadArchive(api, { id, ...release }, onBytes);
    const files = digestFiles(await unpackArchive(id, locked.version, archive));
    const entry = entryDifferences(locked, release);
    const inside = fileDifferences(locked.files, files).map((each) => `against the package in the registry, ${each}`);
    return [...entry, ...inside].map((difference) => `${at}: ${difference}`);
  } catch (error) {
    return [lineOf(at, error)];
  }
}

/** What the registry does not have, or hands out changed, is a finding; that it cannot be asked is none. */
function lineOf(at: string, error: unknown): string {
  const isFinding =
    error instanceof ToolFailure && (error.exitCode === ExitCode.verification || error.exitCode === ExitCode.notFound);
  if (!isFinding) throw error;
  const message = error.message.includes(at) ? error.message : `${at}: ${error.message}`;
  return [message, ...error.details].join('; ');
}
