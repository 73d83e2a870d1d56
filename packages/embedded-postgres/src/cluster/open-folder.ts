import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { messageOf } from '../node-errors.js';
import { firstClosed, type SystemAccount } from './system-account.js';

/** Makes the folder and those above it that are missing, open to `account` whatever our umask is. */
export function makeOpenFolder(folder: string, account: SystemAccount): void {
  if (!existsSync(folder)) {
    makeOpenFolder(dirname(folder), account);
    makeOne(folder);
  }
  refuseUnreachable(folder, account);
}

/** One line that names the folder in the way. */
export function refuseUnreachable(folder: string, account: SystemAccount): void {
  const closed = firstClosed(folder, account);
  if (closed === undefined) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the user ${account.name} cannot enter ${closed}: open it with "chmod o+x ${closed}", or set DATABASE_URL.`,
  );
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `${folder} cannot be made for PostgreSQL, which does not run as root: ${messageOf(cause)}`,
      { cause },
    );
  }
}
