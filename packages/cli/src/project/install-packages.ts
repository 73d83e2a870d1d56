import { ToolFailure, verificationFailed } from '../failure.js';
import type { NamedPath } from '../files/named-path.js';
import { digestFiles, fileDifferences } from '../lock/file-differences.js';
import type { Lock, LockedPackage } from '../lock/lock-file.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { concurrently } from './concurrently.js';
import { digestFolder } from './installed-files.js';
import { expectSameEntry, warnOf } from './lock-packages.js';
import { folderOf, Placement, placeAll, recover } from './placement.js';
import { readRelease } from './registry.js';
import type { Session } from './session.js';

export interface InstallPlan {
  readonly directory: NamedPath;
  /** What is to be there afterwards. */
  readonly packages: Lock;
  /** What the lock said until now: an entry that is the same object was kept. */
  readonly before: Lock;
  /** Whether local changes may be overwritten. */
  readonly force: boolean;
  /** Writes the lock down, once all is in place. */
  readonly record: () => Promise<void>;
}

export interface Installed {
  readonly id: string;
  readonly folder: string;
  readonly locked: LockedPackage;
  readonly state: 'installed' | 'updated' | 'replaced' | 'unchanged';
  /** Files that are not as they were installed. */
  readonly changes: readonly string[];
}

/** Brings the folders to what the plan says: all of them, or, where anything fails, none. */
export async function installPackages(session: Session, plan: InstallPlan): Promise<Installed[]> {
  const installed = await concurrently(Object.entries(plan.packages), ([id, locked]) => inspect(plan, id, locked));
  if (!plan.force) refuseLocalChanges(installed);
  const due = installed.filter(({ state }) => state !== 'unchanged');
  await confirmKept(session, due, plan);
  const placements: Placement[] = [];
  try {
    await prepareAll(session, due, plan.directory, placements);
    await placeAll(placements, plan.record);
  } catch (error) {
    for (const placement of placements) await placement.discard();
    throw error;
  }
  return installed;
}

async function inspect({ directory, before }: InstallPlan, id: string, locked: LockedPackage): Promise<Installed> {
  await recover(directory, id);
  const folder = folderOf(directory, id);
  const files = await digestFolder(folder);
  const about = { id, folder: folder.shown, locked, changes: [] };
  if (!files) return { ...about, state: 'installed' };
  const changes = fileDifferences(locked.files, files);
  if (changes.length === 0) return { ...about, state: 'unchanged' };
  const old = before[id];
  const ownChanges = old === undefined || old === locked ? changes : fileDifferences(old.files, files);
  return ownChanges.length === 0
    ? { ...about, state: 'updated' }
    : { ...about, state: 'replaced', changes: ownChanges };
}

function refuseLocalChanges(installed: readonly Installed[]): void {
  const details = installed.flatMap(({ folder, changes }) => changes.map((change) => `${folder}: ${change}`));
  if (details.length === 0) return;
  throw new ToolFailure('what is installed was changed here, or was not installed by promptyard', {
    code: 'LOCAL_CHANGES',
    details,
    hint: 'Nothing was touched. Keep your changes elsewhere, or give --force to overwrite them.',
  });
}

/** What was just looked up needs no second question; what an older lock says does. */
async function confirmKept(session: Session, due: readonly Installed[], { before }: InstallPlan): Promise<void> {
  const { api } = session;
  if (!api) return;
  const kept = due.filter(({ id, locked }) => before[id] === locked);
  await concurrently(kept, async ({ id, locked }) => {
    const release = await readRelease(api, id, locked.version);
    expectSameEntry(id, locked, release);
    warnOf(session, id, release);
  });
}

async function prepareAll(
  session: Session,
  due: readonly Installed[],
  directory: NamedPath,
  placements: Placement[],
): Promise<void> {
  const total = due.reduce((sum, { locked }) => sum + locked.size, 0);
  using bar = new ProgressBar(session.output, 'installing', total);
  await concurrently(due, async ({ id, locked }) => {
    const files = await session.archives.files({ id, ...locked }, (amount) => bar.advance(amount));
    expectLockedFiles(id, locked, files);
    placements.push(await Placement.prepare(directory, id, files));
  });
}

/** @throws ToolFailure, verification failed: a lock that was edited */
export function expectLockedFiles(id: string, locked: LockedPackage, files: ReadonlyMap<string, Buffer>): void {
  const details = fileDifferences(locked.files, digestFiles(files));
  if (details.length === 0) return;
  throw verificationFailed(
    `${id}@${locked.version} holds other files than prompts.lock says`,
    'The lock was edited: take it from version control, or delete the entry and run `promptyard lock`.',
    details,
  );
}
