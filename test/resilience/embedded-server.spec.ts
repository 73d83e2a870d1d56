import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedHome } from './support/embedded-home.js';
import { Load, lostVersions } from './support/load.js';
import type { RegistryClient } from './support/registry-client.js';
import type { ServerProcess } from './support/server-process.js';
import { eventually } from './support/server-environment.js';

/** Five seconds, or three times the time of a clean start on a busy machine. */
let restartTimeoutMs = 15_000;
let home: EmbeddedHome;
let server: ServerProcess;
let client: RegistryClient;

beforeAll(async () => {
  home = new EmbeddedHome();
  ({ server, client } = await home.start());
});
afterAll(() => home.close());

it('writes the first login to a file that its owner alone can read, and not to its output', () => {
  const { path, password, key } = home.firstLogin();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(key).toMatch(/^pyd_/);
  expect(password.length).toBeGreaterThanOrEqual(12);
  expect(server.output).toContain(path);
  expect(server.output).not.toContain(password);
  expect(server.output).not.toContain(key);
});

it('says in one line that the data folder is in use, and leaves the first server alone', async () => {
  const second = home.spawn();
  await expect(second.exit).resolves.toEqual({ code: 1, signal: null });
  expect(second.output).toMatch(/^promptyard: The data folder .* is in use by another Promptyard .*\n$/);
  expect((await client.ready()).status).toBe(200);
});

it('loses nothing when Ctrl-C reaches the whole process group', async () => {
  const load = await Load.start(client, 'interrupted', { upload: 1, download: 4 });
  await delay(1_500);
  server.signalGroup('SIGINT');
  await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
  await load.stop();
  expect(home.postmaster()).toBeUndefined();
  const restarted = await home.start();
  ({ server, client } = restarted);
  restartTimeoutMs = Math.max(restartTimeoutMs, 3 * restarted.ms);
  await expectNothingLost(load);
});

it('answers soon after it was killed, with the PostgreSQL that was still running', async () => {
  const load = await Load.start(client, 'killed-alone', { upload: 1 });
  await delay(500);
  await server.end();
  await load.stop();
  const restarted = await home.start();
  ({ server, client } = restarted);
  expect(restarted.ms).toBeLessThan(restartTimeoutMs);
  await expectNothingLost(load);
});

it('answers soon after everything was killed', async () => {
  const load = await Load.start(client, 'all-killed', { upload: 1 });
  await delay(500);
  server.signal('SIGKILL');
  await home.killPostgres();
  await load.stop();
  const restarted = await home.start();
  ({ server, client } = restarted);
  expect(restarted.ms).toBeLessThan(restartTimeoutMs);
  await expectNothingLost(load);
});

it('ends in time although its PostgreSQL is frozen, leaves no process of it, and loses nothing', async () => {
  const load = await Load.start(client, 'frozen', { upload: 1, download: 2 });
  await eventually(
    () => load.redirects,
    (redirects) => redirects > 5,
  );
  await load.stop();
  home.freezePostgres();
  const signalled = performance.now();
  server.signal('SIGTERM');
  await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
  expect(performance.now() - signalled).toBeLessThan(10_000);
  expect(home.postgresProcesses()).toEqual([]);
  ({ server, client } = await home.start());
  await expectNothingLost(load);
});

async function expectNothingLost(load: Load): Promise<void> {
  expect(load.published.size).toBeGreaterThan(1);
  expect(await lostVersions(client, load)).toEqual([]);
  for (const version of load.published.keys()) await client.fetchArchive(load.name, version);
  const expected = load.redirects + load.published.size;
  expect(
    await eventually(
      () => client.downloadCount(load.name),
      (count) => count === expected,
    ),
  ).toBe(expected);
}
