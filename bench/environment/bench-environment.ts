import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seededDatabase } from './seeded-database.js';
import { Databases } from './databases.js';
import { type Program, ServerProcess } from './server-process.js';

/** The environment of every run: a PostgreSQL with the seeded database, and a folder. */
export interface BenchEnvironment {
  readonly databases: Databases;
  /** For logs; removed after the run. */
  readonly runFolder: string;
  /** Copies the seeded database, for this run. */
  readonly copyTo: (name: string) => Promise<void>;
  /** Starts a server that ends with the run. */
  readonly start: (program: Program) => Promise<ServerProcess>;
}

export interface RunContext {
  /** The resources of the run, which are released at its end. */
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
  readonly tell: (message: string) => void;
}

export async function prepareEnvironment(
  { dataFolder, prompts }: { readonly dataFolder: string; readonly prompts: number },
  { stack, signal, tell }: RunContext,
): Promise<BenchEnvironment> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o755 });
  const databases = await Databases.open(join(dataFolder, 'database'), tell);
  stack.defer(() => databases.stop());
  const runFolder = mkdtempSync(join(dataFolder, 'run-'));
  stack.defer(() => rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 }));
  const seeded = await seededDatabase(databases, prompts, { folder: runFolder, tell, signal });
  return {
    databases,
    runFolder,
    async copyTo(name) {
      await databases.create(name, seeded);
      stack.defer(() => databases.drop(name));
    },
    async start(program) {
      const server = await ServerProcess.start(program);
      stack.defer(() => server.stop());
      return server;
    },
  };
}
