import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the logs. */
  readonly folder: string;
}

const startTimeoutMs = 60_000;
const pollIntervalMs = 5;

/** A server in a separate process, with its log in a file. */
export class ServerProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    readonly url: string,
    /** From its start to its first answer that it is ready. */
    readonly startMs: number,
  ) {}

  /** @throws Error with the end of its log if it does not become ready */
  static async start({ command, args, environment, folder }: Program): Promise<ServerProcess> {
    const port = await freePort();
    // A folder without an .env file.
    const cwd = mkdtempSync(join(folder, 'server-'));
    const logFile = join(cwd, 'log');
    const log = openSync(logFile, 'a');
    const { PATH = '', HOME = '' } = process.env;
    const started = performance.now();
    const env = { PATH, HOME, ...environment, PORT: String(port) };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log] });
    closeSync(log);
    const url = `http://127.0.0.1:${port}`;
    try {
      await ready(child, url);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`a server did not start:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`, { cause });
    }
    return new ServerProcess(child, child.pid ?? 0, url, performance.now() - started);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while ((await statusOf(`${url}/health/ready`)) !== 200) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      throw new Error('it has ended');
    if (performance.now() > deadline) throw new Error(`it took more than ${startTimeoutMs} ms`);
    await sleep(pollIntervalMs);
  }
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', () => resolve(undefined));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
