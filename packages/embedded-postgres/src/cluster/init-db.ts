import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { messageOf } from '../node-errors.js';
import type { PostgresBinaries } from './platform-binaries.js';
import { serverEnvironment } from '../server-environment.js';
import type { SystemAccount } from './system-account.js';

const run = promisify(execFile);

/** Order comes from PostgreSQL's own C.UTF-8 and is the same on every host. */
const initDbArguments = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
  '--no-instructions',
];

/**
 * What counts as a letter still comes from the host where pg_trgm asks, and under plain C nothing beyond ASCII does:
 * trigram search would not find a word of Cyrillic. The first of these that the host knows is taken.
 */
const characterTypes = ['C.UTF-8', 'en_US.UTF-8', 'C'];

export interface InitDbTarget {
  readonly binaries: PostgresBinaries;
  /** Empty, and owned by `account` if there is one. */
  readonly folder: string;
  readonly passwordFile: string;
  readonly account: SystemAccount | undefined;
}

/** Runs initdb, in our own process group: Ctrl-C ends it together with us. */
export async function initDb(target: InitDbTarget): Promise<void> {
  let failure: unknown;
  for (const characterType of characterTypes) {
    failure = await tryInitDb(target, characterType);
    if (failure === undefined) return;
    if (!messageOf(failure).includes('invalid locale name')) break;
  }
  throw new EmbeddedPostgresError(`initdb failed: ${errorLine(failure)}`, { cause: failure });
}

async function tryInitDb(target: InitDbTarget, characterType: string): Promise<unknown> {
  const { binaries, folder, passwordFile, account } = target;
  const args = [`--pgdata=${folder}`, `--pwfile=${passwordFile}`, `--lc-ctype=${characterType}`, ...initDbArguments];
  const options = { uid: account?.uid, gid: account?.gid, cwd: '/', env: serverEnvironment };
  return run(binaries.initdb, args, options).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function errorLine(failure: unknown): string {
  const lines = messageOf(failure).split('\n');
  return lines.find((line) => /error:|FATAL:/.test(line)) ?? lines.at(-1) ?? '';
}
