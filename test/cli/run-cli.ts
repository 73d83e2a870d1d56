import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly nodeOptions?: readonly string[];
}

const main = resolve('packages/cli/dist/main.js');

/** A user of the compiled command line, with a separate home folder that no setting of the machine affects. */
export class CliUser {
  readonly home = mkdtempSync(join(tmpdir(), 'promptyard-tool-'));

  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  async run(args: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
    return this.start(args, options).ended;
  }

  /** As run, for tests that end it themselves. */
  start(args: readonly string[], options: CliRunOptions = {}): { child: ChildProcess; ended: Promise<CliRun> } {
    const { env = {}, cwd = this.home, stdin = '', nodeOptions = [] } = options;
    const child = spawn(process.execPath, [...nodeOptions, main, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: this.home, ...this.settings, ...env },
    });
    child.stdin.on('error', () => undefined); // a tool that fails early does not read it
    child.stdin.end(stdin);
    const closed = new Promise<number | null>((done) => child.on('close', done));
    const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]);
    return { child, ended: ended.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
  }

  /** Runs a command that must succeed, and returns its output as JSON. */
  async json(args: readonly string[], options: CliRunOptions = {}) {
    const { code, stdout, stderr } = await this.run([...args, '--json'], options);
    if (code !== 0) throw new Error(`promptyard ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
