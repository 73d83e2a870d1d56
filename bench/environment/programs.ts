import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Program } from './server-process.js';

const root = join(import.meta.dirname, '..', '..');

/** The variables that are passed on to the servers. */
const forwardedVariables = /^(S3_.*|WORKERS|REDIS_URL|LOG_LEVEL)$/;

/** The same for every run, because a cached database accepts only servers with these secrets. */
const secrets = {
  JWT_SECRET: 'only good for measuring: sessions',
  ENCRYPTION_KEY: 'only good for measuring: provider keys',
  ADMIN_PASSWORD: 'only good for measuring',
};

export const admin = { username: 'admin', password: secrets.ADMIN_PASSWORD };

export interface ServerSettings {
  /** Undefined: as WORKERS says. */
  readonly workers?: number;
  /** The debugger's port after SIGUSR1. */
  readonly inspectorPort?: number;
}

export interface ServerOptions extends ServerSettings {
  /** Undefined: the embedded database. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  /** For logs. */
  readonly folder: string;
  /** The settings of a bucket. Undefined: as S3_* says. */
  readonly bucket?: Readonly<Record<string, string>>;
}

/** The product, with the command of `npm start`. */
export function product(serverOptions: ServerOptions): Program {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const command = scripts.start.replace('dist/main.js', `'${join(root, 'dist', 'main.js')}'`);
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const environment = { ...environmentOf(serverOptions), ...secrets, PATH: path };
  return { command: 'sh', args: ['-c', command], environment, folder: serverOptions.folder };
}

export function floor(serverOptions: ServerOptions): Program {
  const typescript = join(root, 'bench', 'typescript.mjs');
  const args = ['--import', typescript, join(root, 'bench', 'floor-server.ts')];
  return { command: process.execPath, args, environment: environmentOf(serverOptions), folder: serverOptions.folder };
}

function environmentOf({
  databaseUrl,
  dataDir,
  workers,
  inspectorPort,
  bucket,
}: ServerOptions): Record<string, string> {
  const passed = Object.entries(process.env).filter(([name]) => forwardedVariables.test(name)) as [string, string][];
  return {
    ...Object.fromEntries(passed),
    ...bucket,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(workers === undefined ? {} : { WORKERS: String(workers) }),
    ...(inspectorPort === undefined ? {} : { NODE_OPTIONS: `--inspect-port=127.0.0.1:${inspectorPort}` }),
    DATA_DIR: dataDir,
  };
}
