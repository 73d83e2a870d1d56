import { type SpawnOptions } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Why a program of a Debian package cannot be run here; undefined if it can. CI always has it. */
export function missingReason(program: string, debianPackage: string): string | undefined {
  if (process.env.CI || existsSync(program)) return undefined;
  return `${program} of Debian's package ${debianPackage} is not here`;
}

/** Programs that refuse to run as root run as PostgreSQL's user, which Debian's packages make. */
export function unprivileged(): Pick<SpawnOptions, 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' })));
  return { uid, gid };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Returns once something listens at the port. */
export async function untilListening(port: number, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    const isListening = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isListening) return;
    if (Date.now() > deadline) throw new Error(`nothing listens at port ${port}`);
    await delay(50);
  }
}
