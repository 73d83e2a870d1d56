import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { ifPresent } from '../node-errors.js';

/** The unprivileged user that PostgreSQL runs as where we are root, which it refuses to be. */
export interface SystemAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];
const READ = 0o4;
const ENTER = 0o1;

/** Who creates a new cluster: undefined means ourselves, an ordinary user. */
export function accountForNewCluster(): SystemAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const account = CANDIDATES.map((name) => users.find((user) => user.name === name)).find((user) => user !== undefined);
  if (account) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as: start Promptyard as another user, or set DATABASE_URL.',
  );
}

/** Who runs an existing cluster: its owner, the only user that PostgreSQL accepts. */
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

/** The first on the way to `path` that is closed to `account`: a folder it may not enter, a file it may not read. */
export function firstClosed(path: string, account: SystemAccount): string | undefined {
  return wayTo(realpathSync(path)).find((step) => !isOpen(step, account));
}

function wayTo(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...wayTo(parent), path];
}

/** By the mode bits alone: supplementary groups are dropped when we become the account. */
function isOpen(path: string, account: SystemAccount): boolean {
  const stats = statSync(path);
  const needed = stats.isDirectory() ? ENTER : READ;
  return ((stats.mode >> rightsShift(stats, account)) & needed) !== 0;
}

/** How far the owner's, the group's or everybody's three bits are from the right. */
function rightsShift(stats: Stats, account: SystemAccount): number {
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
