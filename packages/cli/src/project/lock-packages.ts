import { verificationError } from '../cli-error.js';
import { entryDifferences } from '../lock/entry-differences.js';
import { digestFiles } from '../lock/file-differences.js';
import type { Lock, LockedPackage } from '../lock/lock-file.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { safeLine } from '../terminal/safe-text.js';
import { mapConcurrently } from '../map-concurrently.js';
import { findVersion, readRelease, type Release } from './registry.js';
import { requireRegistry, type ProjectSession } from './project-session.js';

interface FoundRelease {
  readonly id: string;
  readonly wanted: string;
  readonly release: Release;
}

/** Resolves dependencies and creates their lock entries. Archives are stored in the cache. */
export async function lockPackages(
  session: ProjectSession,
  wanted: ReadonlyMap<string, string>,
  before: Lock,
): Promise<Lock> {
  if (wanted.size === 0) return {};
  const api = requireRegistry(session, wanted.keys());
  const found = await mapConcurrently(wanted, async ([id, spec]): Promise<FoundRelease> => {
    const release = await readRelease(api, id, await findVersion(api, session.versions, id, spec));
    return { id, wanted: spec, release };
  });
  for (const { id, release } of found) warnAboutNotices(session, id, release);
  const total = found.reduce((sum, { release }) => sum + release.size, 0);
  using bar = new ProgressBar(session.output, 'downloading', total);
  const entries = await mapConcurrently(found, async (each): Promise<[string, LockedPackage]> => {
    const { notices: _notices, ...facts } = each.release;
    const files = await filesOf(session, each, before[each.id], (amount) => bar.advance(amount));
    return [each.id, { wanted: each.wanted, ...facts, files }];
  });
  return Object.fromEntries(entries);
}

/** A version never changes, so the registry must agree with an existing lock entry. */
async function filesOf(
  { archives }: ProjectSession,
  { id, release }: FoundRelease,
  before: LockedPackage | undefined,
  onBytes: (amount: number) => void,
): Promise<LockedPackage['files']> {
  if (before?.version === release.version) {
    assertSameEntry(id, before, release);
    onBytes(release.size);
    return before.files;
  }
  return digestFiles(await archives.files({ id, ...release }, onBytes));
}

/** @throws CliError, verification failed */
export function assertSameEntry(id: string, locked: LockedPackage, release: Release): void {
  const details = entryDifferences(locked, release);
  if (details.length === 0) return;
  throw verificationError(
    `${id}@${locked.version} is not what prompts.lock says`,
    'A version never changes: either the lock was edited, or the registry is not to be trusted. Nothing was installed.',
    details,
  );
}

export function warnAboutNotices({ output }: ProjectSession, id: string, { version, notices }: Release): void {
  for (const notice of notices) output.warn(safeLine(`${id}@${version} is ${notice}`));
}
