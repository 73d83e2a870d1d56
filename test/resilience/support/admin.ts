import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { program } from './server-process.js';
import type { Environment } from './server-environment.js';

export interface AdminAnswer {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `npm run admin -- …` as an operator does. */
export async function admin(environment: Environment, ...args: readonly string[]): Promise<AdminAnswer> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(dirname(program), 'admin', 'main.js'), ...args], {
    cwd: tmpdir(),
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, lines: output.split('\n').filter(Boolean), errors };
}
