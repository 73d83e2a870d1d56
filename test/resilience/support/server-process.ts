import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment can name another build to test. */
export const program =
  process.env.PROMPTYARD_TEST_PROGRAM ?? join(import.meta.dirname, '..', '..', '..', 'dist', 'main.js');
const startTimeoutMs = 90_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The server as a separate process, with its output, its address and its end. */
export class ServerProcess {
  readonly exit: Promise<Exit>;
  private written = '';
  private readonly emptyFolder = mkdtempSync(join(tmpdir(), 'promptyard-cwd-'));
  private readonly child: ChildProcess;

  /** It leads a process group, so that a test can signal the whole group like a terminal. */
  constructor(environment: Record<string, string | undefined>, node = process.execPath) {
    const { PATH, HOME } = process.env;
    this.child = spawn(node, ['--enable-source-maps', program], {
      // A folder without an .env file.
      cwd: this.emptyFolder,
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.written += String(chunk)));
    }
    this.exit = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        rmSync(this.emptyFolder, { recursive: true, force: true });
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the server did not start');
    return this.child.pid;
  }

  /** Everything that it has written to stdout and stderr. */
  get output(): string {
    return this.written;
  }

  /** Its address, once it answers. */
  async ready(): Promise<string> {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      const address = /Promptyard {3}(\S+)/.exec(this.written)?.[1];
      if (address) return address;
      if (this.child.exitCode !== null || this.child.signalCode !== null || Date.now() > deadline) {
        throw new Error(`the server did not start:\n${this.written}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Ends it in any state. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}
