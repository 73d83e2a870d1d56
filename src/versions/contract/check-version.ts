import { gte } from 'semver';
import { parseVersion } from '../../prompts/version-number.js';
import type { ContractChange, Severity } from './contract-change.js';

export interface VersionVerdict {
  isRight: boolean;
  /** The smallest version above the previous one that is right for the changes. */
  smallest: string;
}

/** Whether `next` is high enough for the changes since `previous`; both are `major.minor.patch`. */
export function checkVersion(previous: string, next: string, changes: readonly ContractChange[]): VersionVerdict {
  const smallest = smallestAbove(previous, worstOf(changes));
  return { isRight: gte(next, smallest), smallest };
}

function worstOf(changes: readonly ContractChange[]): Severity | 'patch' {
  if (changes.some(({ severity }) => severity === 'major')) return 'major';
  return changes.length > 0 ? 'minor' : 'patch';
}

/** Below 1.0.0 MINOR counts as MAJOR, and PATCH as MINOR. */
function smallestAbove(previous: string, severity: Severity | 'patch'): string {
  const { major, minor, patch } = parseVersion(previous);
  const isStable = major > 0;
  if (severity === 'major' && isStable) return `${major + 1}.0.0`;
  if (severity === 'major' || (severity === 'minor' && isStable)) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}
