import type { Lock, LockedPackage } from './lock-file.js';
import type { Dependencies } from './project-file.js';
import { canSatisfy } from './version-spec.js';

export interface LockPlan {
  /** Entries of the lock that fit the dependencies. */
  readonly keep: ReadonlyMap<string, LockedPackage>;
  /** Dependencies to resolve, with their specifiers. */
  readonly resolve: ReadonlyMap<string, string>;
  /** Locked packages that are no dependencies any more. */
  readonly drop: readonly string[];
}

/** Plans the lock for these dependencies. `renew` selects those that are updated to the newest version. */
export function planLock(dependencies: Dependencies, lock: Lock, renew: (id: string) => boolean): LockPlan {
  const keep = new Map<string, LockedPackage>();
  const resolve = new Map<string, string>();
  for (const [id, wanted] of Object.entries(dependencies)) {
    const locked = lock[id];
    if (locked?.wanted === wanted && canSatisfy(wanted, locked.version) && !renew(id)) keep.set(id, locked);
    else resolve.set(id, wanted);
  }
  const drop = Object.keys(lock).filter((id) => dependencies[id] === undefined);
  return { keep, resolve, drop };
}
