import { cpus, totalmem } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
  readonly wrk: string;
}

export async function describeMachine(postgres: string): Promise<Machine> {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? '',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    postgres,
    wrk: await wrkVersion(),
  };
}

/** wrk prints its version with a failure exit code. */
async function wrkVersion(): Promise<string> {
  const said = await promisify(execFile)('wrk', ['--version']).catch((error: unknown) => error);
  const { stdout = '' } = said as { stdout?: string };
  return /^wrk (?:debian\/)?(\S+)/.exec(stdout)?.[1] ?? '';
}
