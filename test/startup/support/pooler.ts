import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, unprivileged, untilListening, missingReason } from './debian-program.js';

const program = '/usr/sbin/pgbouncer';

export const missingPoolerReason = () => missingReason(program, 'pgbouncer');

interface PoolerOptions {
  /** The PostgreSQL server behind it, with user and password. */
  readonly server: string;
  /** All else has its default. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export interface Pooler {
  /** The same address as one of a database on the server, through the pooler. */
  through(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** PgBouncer in front of a server. */
export async function startPooler({ server, settings }: PoolerOptions): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(server);
  const own = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'promptyard-pooler-'));
  chmodSync(folder, 0o755);
  const file = join(folder, 'pgbouncer.ini');
  const given = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=${hostname} port=${port} user=${decodeURIComponent(username)} password='${decodeURIComponent(password)}'`,
      '[pgbouncer]',
      ...['listen_addr = 127.0.0.1', `listen_port = ${own}`, 'unix_socket_dir =', 'auth_type = any', ...given, ''],
    ].join('\n'),
  );
  const child = spawn(program, ['-q', file], { stdio: 'ignore', ...unprivileged() });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  await untilListening(own).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const through = (databaseUrl: string) => Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${own}` }).href;
  return { through, stop };
}
