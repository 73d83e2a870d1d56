import { once } from 'node:events';
import type { RunContext } from './environment/bench-environment.js';

type ProgramMain = (args: readonly string[], command: string, run: RunContext) => Promise<number>;

/** Runs a program of this folder. Its result becomes the exit code, and its resources are released. */
export async function runProgram(name: string, work: ProgramMain): Promise<void> {
  const args = process.argv.slice(2);
  const tell = (message: string) => process.stderr.write(`${message}\n`);
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    void once(process, signal).then(() => interrupt.abort(new Error('interrupted')));
  }
  try {
    await using stack = new AsyncDisposableStack();
    const command = [name, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
    process.exitCode = await work(args, command, { stack, signal: interrupt.signal, tell });
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
