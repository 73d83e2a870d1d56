import { CliError, verificationError } from '../cli-error.js';
import type { SafePath } from '../files/safe-path.js';
import { digestFiles, fileDifferences } from '../lock/file-differences.js';
import type { Lock, LockedPackage } from '../lock/lock-file.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { mapConcurrently } from '../map-concurrently.js';
import { digestFolder } from './digest-folder.js';
import { assertSameEntry, warnAboutNotices } from './lock-packages.js';
import { installFolderOf, StagedInstall, commitAll, recoverInterrupted } from './staged-install.js';
import { readRelease } from './registry.js';
import type { ProjectSession } from './project-session.js';

export interface InstallPlan {
  readonly directory: SafePath;
  /** The packages after the installation. */
  readonly packages: Lock;
  /** The previous lock. An entry that is the same object is unchanged. */
  readonly before: Lock;
  /** Whether local changes may be overwritten. */
  readonly force: boolean;
  /** Writes the lock after the installation. */
  readonly record: () => Promise<void>;
}

export interface PackageState {
  readonly id: string;
  readonly folder: string;
  readonly locked: LockedPackage;
  readonly state: 'installed' | 'updated' | 'replaced' | 'unchanged';
  /** Files that were changed after their installation. */
  readonly changes: readonly string[];
}

/** Installs all packages of the plan, or none if anything fails. */
export async function installPackages(session: ProjectSession, plan: InstallPlan): Promise<PackageState[]> {
  const installed = await mapConcurrently(Object.entries(plan.packages), ([id, locked]) =>
    inspectPackage(plan, id, locked),
  );
  if (!plan.force) refuseLocalChanges(installed);
  const pending = installed.filter(({ state }) => state !== 'unchanged');
  await verifyKeptEntries(session, pending, plan);
  const placements: StagedInstall[] = [];
  try {
    await stageAll(session, pending, plan.directory, placements);
    await commitAll(placements, plan.record);
  } catch (error) {
    for (const placement of placements) await placement.discard();
    throw error;
  }
  return installed;
}

async function inspectPackage(
  { directory, before }: InstallPlan,
  id: string,
  locked: LockedPackage,
): Promise<PackageState> {
  await recoverInterrupted(directory, id);
  const folder = installFolderOf(directory, id);
  const files = await digestFolder(folder);
  const common = { id, folder: folder.display, locked, changes: [] };
  if (!files) return { ...common, state: 'installed' };
  const changes = fileDifferences(locked.files, files);
  if (changes.length === 0) return { ...common, state: 'unchanged' };
  const old = before[id];
  const localChanges = old === undefined || old === locked ? changes : fileDifferences(old.files, files);
  return localChanges.length === 0
    ? { ...common, state: 'updated' }
    : { ...common, state: 'replaced', changes: localChanges };
}

function refuseLocalChanges(installed: readonly PackageState[]): void {
  const details = installed.flatMap(({ folder, changes }) => changes.map((change) => `${folder}: ${change}`));
  if (details.length === 0) return;
  throw new CliError('installed files were changed, or were not installed by promptyard', {
    code: 'LOCAL_CHANGES',
    details,
    hint: 'Nothing was touched. Keep your changes elsewhere, or give --force to overwrite them.',
  });
}

/** Entries of an older lock are verified; entries that were just resolved are not. */
async function verifyKeptEntries(
  session: ProjectSession,
  pending: readonly PackageState[],
  { before }: InstallPlan,
): Promise<void> {
  const { api } = session;
  if (!api) return;
  const unchanged = pending.filter(({ id, locked }) => before[id] === locked);
  await mapConcurrently(unchanged, async ({ id, locked }) => {
    const release = await readRelease(api, id, locked.version);
    assertSameEntry(id, locked, release);
    warnAboutNotices(session, id, release);
  });
}

async function stageAll(
  session: ProjectSession,
  pending: readonly PackageState[],
  directory: SafePath,
  placements: StagedInstall[],
): Promise<void> {
  const total = pending.reduce((sum, { locked }) => sum + locked.size, 0);
  using bar = new ProgressBar(session.output, 'installing', total);
  await mapConcurrently(pending, async ({ id, locked }) => {
    const files = await session.archives.files({ id, ...locked }, (amount) => bar.advance(amount));
    assertLockedFiles(id, locked, files);
    placements.push(await StagedInstall.stage(directory, id, files));
  });
}

/** @throws CliError, verification failed, if the lock was edited */
export function assertLockedFiles(id: string, locked: LockedPackage, files: ReadonlyMap<string, Buffer>): void {
  const details = fileDifferences(locked.files, digestFiles(files));
  if (details.length === 0) return;
  throw verificationError(
    `${id}@${locked.version} has other files than prompts.lock says`,
    'The lock was edited: take it from version control, or delete the entry and run `promptyard lock`.',
    details,
  );
}
