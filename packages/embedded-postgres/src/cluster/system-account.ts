import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { ifPresent } from '../node-errors.js';

/** The unprivileged user that runs PostgreSQL if this process is root, because PostgreSQL refuses to run as root. */
export interface SystemAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidateUsers = ['postgres', 'nobody'];
const readBit = 0o4;
const enterBit = 0o1;

/** The user that creates a new cluster; undefined for the current, unprivileged user. */
export function accountForNewCluster(): SystemAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const account = candidateUsers
    .map((name) => users.find((user) => user.name === name))
    .find((user) => user !== undefined);
  if (account) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as: start Promptyard as another user, or set DATABASE_URL.',
  );
}

/** The user that runs an existing cluster: its owner, the only user that PostgreSQL accepts. */
export function accountForCluster(folder: string): SystemAccount | undefined {
  const { uid, gid } = statSync(folder);
  const self = process.getuid?.() ?? uid;
  if (self === 0 && uid === 0) {
    throw new EmbeddedPostgresError(
      `${folder} belongs to root, which PostgreSQL refuses: give it back to its user, for example with "chown -R ${accountForNewCluster()?.name} ${folder}".`,
    );
  }
  if (self === uid) return undefined;
  const name = readUsers().find((user) => user.uid === uid)?.name ?? String(uid);
  if (self === 0) return { name, uid, gid };
  throw new EmbeddedPostgresError(`${folder} belongs to the user ${name}: start Promptyard as that user.`);
}

/**
 * The first path on the way to `path` that `account` cannot use: a folder that it may not enter, or a file that it may
 * not read.
 */
export function firstInaccessible(path: string, account: SystemAccount): string | undefined {
  return pathSteps(realpathSync(path)).find((step) => !isAccessible(step, account));
}

function pathSteps(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...pathSteps(parent), path];
}

/** Checks only the mode bits, because supplementary groups are dropped when the process becomes the account. */
function isAccessible(path: string, account: SystemAccount): boolean {
  const stats = statSync(path);
  const needed = stats.isDirectory() ? enterBit : readBit;
  return ((stats.mode >> permissionShift(stats, account)) & needed) !== 0;
}

/** The bit offset of the permissions of the owner, the group or all others. */
function permissionShift(stats: Stats, account: SystemAccount): number {
  if (stats.uid === account.uid) return 6;
  return stats.gid === account.gid ? 3 : 0;
}

function readUsers(): SystemAccount[] {
  const lines = ifPresent(() => readFileSync('/etc/passwd', 'utf8')) ?? '';
  return lines
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => user.name !== '' && user.uid > 0);
}
