import type { Lock, LockedPackage } from './lock-file.js';
import type { Dependencies } from './project-file.js';
import { canSatisfy } from './version-spec.js';

export interface LockPlan {
  /** What the lock says of them is what was asked for. */
  readonly keep: ReadonlyMap<string, LockedPackage>;
  /** What has to be asked for, with what is wanted. */
  readonly resolve: ReadonlyMap<string, string>;
  /** Locked, but no dependency any more. */
  readonly drop: readonly string[];
}

/** What becomes of a lock for these dependencies; `renew` names those whose newest version is wanted all the same. */
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
