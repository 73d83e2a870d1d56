import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const main = resolve('packages/cli/dist/main.js');

/** Runs the command line until the condition holds, and kills it then, as a power cut would. */
export async function runUntilKilled(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  isReached: () => boolean | Promise<boolean>,
): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((done) => child.on('close', (_code, signal) => done(signal)));
  while (!(await isReached())) {
    if (child.exitCode !== null) throw new Error(`the tool ended too early, with ${child.exitCode}`);
    await new Promise((wait) => setTimeout(wait, 5));
  }
  child.kill('SIGKILL');
  if ((await ended) !== 'SIGKILL') throw new Error('the tool was done before it could be killed');
}
