import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryClient } from './support/registry-client.js';
import type { ServerProcess } from './support/server-process.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';
import { ask } from './support/steady-clients.js';
import { workersOf } from './support/worker-processes.js';

let environment: ServerEnvironment;
let server: ServerProcess;
let client: RegistryClient;

beforeAll(async () => {
  environment = await ServerEnvironment.open();
  ({ server, client } = await environment.start({ WORKERS: '2' }));
});
afterAll(() => environment.close());

it('answers a client whose connection was assigned to a worker that died', async () => {
  const [frozen = 0] = workersOf(server);
  process.kill(frozen, 'SIGSTOP');
  let answered = 0;
  const asking = Array.from({ length: 4 }, async () => {
    const status = await ask(`${client.url}/v1/prompts`, false);
    answered += 1;
    return status;
  });
  await eventually(
    () => answered,
    (count) => count >= 3,
    60_000,
  );
  await delay(500);
  // One connection waits for the frozen worker; later ones are given to others.
  expect(answered).toBe(3);
  process.kill(frozen, 'SIGKILL');
  expect(await Promise.all(asking)).toEqual([200, 200, 200, 200]);
});
