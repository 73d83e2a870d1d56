import { readFileSync } from 'node:fs';
import type { ServerProcess } from './support/server-process.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';
import { isAlive, replacedWorkers, workersOf } from './support/worker-processes.js';

let environment: ServerEnvironment;
beforeAll(async () => {
  environment = await ServerEnvironment.open();
});
afterAll(() => environment.close());

const numberOfSignal = 12n;

/** Whether the process has a listener for SIGUSR2; without one the signal ends it. */
function listens(server: ServerProcess): boolean {
  const [, mask = '0'] = /^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> (numberOfSignal - 1n)) & 1n) === 1n;
}

const linesOf = ({ output }: ServerProcess, text: string) => output.split('\n').filter((line) => line.includes(text));

it('logs in one line that a single process is not replaced, also while it starts', async () => {
  const server = environment.spawn();
  expect(await eventually(() => listens(server), Boolean, 30_000)).toBe(true);
  server.signal('SIGUSR2');
  const url = await server.ready();
  const said = () => linesOf(server, 'nothing is restarted').length;
  expect(await eventually(said, (count) => count === 1, 10_000)).toBe(1);
  server.signal('SIGUSR2');
  expect(await eventually(said, (count) => count === 2, 10_000)).toBe(2);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  await server.end();
});

it('replaces the workers after a signal during the start, once all have started', async () => {
  const server = environment.spawn({ WORKERS: '2', LOG_LEVEL: 'info' });
  expect(await eventually(() => listens(server), Boolean, 30_000)).toBe(true);
  server.signal('SIGUSR2');
  server.signal('SIGUSR2');
  const url = await server.ready();
  const replaced = () => linesOf(server, 'all workers are replaced').length;
  expect(await eventually(replaced, (count) => count === 1, 60_000)).toBe(1);
  const before = workersOf(server);
  expect(before).toHaveLength(2);
  server.signal('SIGUSR2');
  expect(await replacedWorkers(server, before)).toHaveLength(2);
  expect(isAlive(server.pid)).toBe(true);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await server.end();
});
