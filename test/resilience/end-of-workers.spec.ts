import { EmbeddedHome } from './support/embedded-home.js';
import { beginRequest } from './support/begin-request.js';
import { Load, lostVersions } from './support/load.js';
import type { RegistryClient } from './support/registry-client.js';
import type { ServerProcess } from './support/server-process.js';
import { eventually } from './support/server-environment.js';
import { isAlive, workersOf } from './support/worker-processes.js';

const maxStopMs = 15_000;

let home: EmbeddedHome;
let server: ServerProcess;
let client: RegistryClient;

beforeAll(() => {
  home = new EmbeddedHome({ WORKERS: '2' });
});
beforeEach(async () => {
  ({ server, client } = await home.start());
});
afterEach(() => server.end());
afterAll(() => home.close());

it('creates one administrator, shows it once, and shows one address', async () => {
  expect(server.output.match(/first administrator/g)).toHaveLength(1);
  expect(server.output.match(/Promptyard {3}http/g)).toHaveLength(1);
  await expect(client.createPrompt('made-by-admin')).resolves.not.toBe('');
});

it.each([
  ['SIGTERM to the primary process', 'terminated', () => server.signal('SIGTERM')],
  ['SIGINT to the whole group, as a terminal sends it', 'interrupted', () => server.signalGroup('SIGINT')],
  ['SIGTERM to the whole group, as a supervisor sends it', 'group-terminated', () => server.signalGroup('SIGTERM')],
])('ends all workers and the embedded database on %s', async (_what, name, signal) => {
  const load = await Load.start(client, name, { upload: 1, download: 4 });
  await eventually(
    () => load.redirects,
    (redirects) => redirects > 20,
  );
  const workers = workersOf(server);
  expect(workers).toHaveLength(2);
  const signalled = performance.now();
  signal();
  await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
  expect(performance.now() - signalled).toBeLessThan(maxStopMs);
  expect(workers.filter(isAlive)).toEqual([]);
  expect(home.postmaster()).toBeUndefined();
  await load.stop();

  ({ server, client } = await home.start());
  expect(await lostVersions(client, load)).toEqual([]);
  const { redirects } = load;
  expect(
    await eventually(
      () => client.downloadCount(load.name),
      (count) => count === redirects,
    ),
  ).toBe(redirects);
});

it('leaves no worker running when the primary process is killed, even with stalled clients', async () => {
  const stuck = await beginRequest(client.url);
  const workers = workersOf(server);
  expect(workers).toHaveLength(2);
  await server.end();
  const left = await eventually(
    () => workers.filter(isAlive),
    (alive) => alive.length === 0,
    20_000,
  );
  expect(left).toEqual([]);
  stuck.destroy();
});

it('says once why it cannot start, and ends', async () => {
  const { port } = new URL(client.url);
  const another = new EmbeddedHome({ WORKERS: '2', PORT: port });
  const refused = another.spawn();
  await expect(refused.exit).resolves.toEqual({ code: 1, signal: null });
  expect(refused.output).toMatch(/^promptyard: .*:\d+ is in use by another program: set PORT to another number\.$/m);
  expect(refused.output.match(/in use/g)).toHaveLength(1);
  expect(another.postmaster()).toBeUndefined();
  await another.close();
});
