import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { messageOf } from '../node-errors.js';
import { firstInaccessible, type SystemAccount } from './system-account.js';

/** Makes the folder and those above it that are missing, open to `account` whatever our umask is. */
export function createAccessibleFolder(folder: string, account: SystemAccount): void {
  if (!existsSync(folder)) {
    createAccessibleFolder(dirname(folder), account);
    createFolder(folder);
  }
  assertReachable(folder, account);
}

/** One line that names the folder in the way. */
export function assertReachable(folder: string, account: SystemAccount): void {
  const closed = firstInaccessible(folder, account);
  if (closed === undefined) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the user ${account.name} cannot enter ${closed}: open it with "chmod o+x ${closed}", or set DATABASE_URL.`,
  );
}

function createFolder(folder: string): void {
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
