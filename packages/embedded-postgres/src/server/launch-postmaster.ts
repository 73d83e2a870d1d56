import { spawn, type ChildProcess } from 'node:child_process';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { serverEnvironment } from '../server-environment.js';
import type { ServerHome } from '../server-home.js';
import type { WaitLoop } from './wait-loop.js';
import { findPostmaster } from './postmaster-file.js';
import { serverArguments } from './server-settings.js';

/** `ready`, or the reason for a failure after which a retry may help. */
export type LaunchOutcome = 'ready' | 'port-taken' | 'other-server' | 'old-backends';

const refusalPatterns: readonly (readonly [RegExp, LaunchOutcome])[] = [
  [/could not create any TCP\/IP sockets/, 'port-taken'],
  [/pre-existing shared memory block/, 'old-backends'],
  [/lock file ".*" (already exists|is empty)/, 'other-server'],
];

/**
 * Starts PostgreSQL and waits until it is ready or has ended. It runs in a session of its own, so that Ctrl-C reaches
 * only this process, which decides when PostgreSQL stops.
 */
export async function launchPostmaster(home: ServerHome, port: number, waitLoop: WaitLoop): Promise<LaunchOutcome> {
  const logBefore = home.log.size();
  const child = home.log.withDescriptor((log) => spawnPostgres(home, port, log));
  let ending: string | undefined;
  const exit = exitReason(child).then((text) => (ending = text));
  while (ending === undefined) {
    const running = findPostmaster(home.folder);
    if (running?.pid === child.pid && running?.isReady) return 'ready';
    await waitLoop.step(exit);
  }
  return explain(home, ending, home.log.textFrom(logBefore));
}

function spawnPostgres(home: ServerHome, port: number, log: number): ChildProcess {
  const child = spawn(home.binaries.postgres, serverArguments(home.folder, port), {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: serverEnvironment,
    uid: home.account?.uid,
    gid: home.account?.gid,
  });
  child.unref();
  return child;
}

async function exitReason(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
}

function explain(home: ServerHome, ending: string, log: string): LaunchOutcome {
  const refusal = refusalPatterns.find(([pattern]) => pattern.test(log));
  if (refusal) return refusal[1];
  const reason = /FATAL: +(.*)/.exec(log)?.[1] ?? ending;
  throw new EmbeddedPostgresError(`PostgreSQL in ${home.folder} did not start: ${reason} (see ${home.log.path}).`);
}
