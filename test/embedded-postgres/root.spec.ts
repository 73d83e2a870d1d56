import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, statSync, truncateSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Client } from 'pg';
import { findBinaries } from '@promptyard/embedded-postgres/cluster/platform-binaries.js';
import { here, isRoot, postmasterOf, Sandbox } from './sandbox.js';

const asRoot = isRoot() ? describe : describe.skip;
const checkout = join(here, '..', '..');
const sources = join('packages', 'embedded-postgres');
const tests = relative(checkout, here);

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

/** The user id behind a name of /etc/passwd. */
function uidOf(name: string): number {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  return Number(line?.split(':')[2]);
}

/** A folder that only root may enter, as `mktemp -d` and /root are. */
async function closedFolder(): Promise<string> {
  const folder = join(sandbox.folder, 'closed');
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** A copy of the modules of the embedded PostgreSQL, with a separate PostgreSQL package. */
async function cloneInto(folder: string): Promise<string> {
  const { packageFolder } = await findBinaries();
  for (const part of [sources, tests, 'package.json'])
    await cp(join(checkout, part), join(folder, part), { recursive: true });
  const name = relative(join(checkout, 'node_modules'), packageFolder);
  await cp(packageFolder, join(folder, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  for (const dependency of ['pg', 'zod']) {
    await symlink(join(checkout, 'node_modules', dependency), join(folder, 'node_modules', dependency));
  }
  await mkdir(join(folder, 'node_modules', '@promptyard'));
  await symlink(join('..', '..', sources), join(folder, 'node_modules', '@promptyard', 'embedded-postgres'));
  return join(folder, tests);
}

asRoot('as root', () => {
  it('runs PostgreSQL as an unprivileged user in the data folder where that user reaches it', async () => {
    const notices: string[] = [];
    const { location } = await sandbox.startHere({}, notices);
    expect(location).toBe(join(sandbox.dataDir, 'postgres'));
    const { uid } = statSync(location);
    expect([uidOf('postgres'), uidOf('nobody')]).toContain(uid);
    const status = readFileSync(`/proc/${postmasterOf(location).pid}/status`, 'utf8');
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`);
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(notices).toEqual([]);
    expect(existsSync(sandbox.systemFolder)).toBe(false);
  });

  it('puts data and programs in another place when the user cannot reach the clone', async () => {
    const clone = await closedFolder();
    const program = await cloneInto(clone);
    const dataDir = join(clone, 'data');
    const first = sandbox.spawn({ program, dataDir });
    const { location, url } = await first.ready();
    expect(dirname(location)).toBe(join(sandbox.systemFolder, 'clusters'));
    expect(readlinkSync(join(dataDir, 'postgres'))).toBe(location);
    const [copy = ''] = (await readdir(sandbox.systemFolder)).filter((name) => name.startsWith('postgres-'));
    const notices = first.events.filter(({ event }) => event === 'notice').map(({ message }) => message);
    expect(notices).toEqual([
      expect.stringMatching(`cannot enter ${clone}: .*${location}.*${join(sandbox.systemFolder, copy)}`),
    ]);
    await run(url, `create table kept as select 'committed' as word`);
    await first.kill();

    const second = sandbox.spawn({ program, dataDir });
    const again = await second.ready();
    expect(again.location).toBe(location);
    expect(await run(again.url, 'select word from kept')).toEqual([{ word: 'committed' }]);
    expect(second.events.map(({ event }) => event)).toEqual(['ready']);
  });

  it('copies only the programs when only these cannot be reached, and says so', async () => {
    const program = await cloneInto(await closedFolder());
    const server = sandbox.spawn({ program });
    const { location } = await server.ready();
    expect(location).toBe(join(sandbox.dataDir, 'postgres'));
    expect(server.events.filter(({ event }) => event === 'notice')).toHaveLength(1);
    expect(existsSync(join(sandbox.systemFolder, 'clusters'))).toBe(false);
  });

  it('repairs a broken copy of the programs', async () => {
    const clone = await closedFolder();
    const program = await cloneInto(clone);
    await sandbox.spawn({ program, dataDir: join(clone, 'one') }).ready();
    const [copy = ''] = (await readdir(sandbox.systemFolder)).filter((name) => name.startsWith('postgres-'));
    const native = join(sandbox.systemFolder, copy, 'native');
    truncateSync(join(native, 'share', 'postgresql', 'postgres.bki'));
    rmSync(join(native, 'lib', 'libpq.so.5'));
    await sandbox.spawn({ program, dataDir: join(clone, 'two') }).ready();
    expect((await readdir(sandbox.systemFolder)).sort()).toEqual(['clusters', copy]);
  });

  it('starts exactly one of two servers at the same time on a new folder that the user cannot reach', async () => {
    const dataDir = join(await closedFolder(), 'data');
    const servers = [sandbox.spawn({ dataDir }), sandbox.spawn({ dataDir })];
    const outcomes = await Promise.all(servers.map((server) => server.waitForEvent('ready', 'failed')));
    expect(outcomes.map(({ name }) => name).sort()).toEqual(['DataFolderInUse', undefined]);
    expect(await readdir(join(sandbox.systemFolder, 'clusters'))).toHaveLength(1);
  });

  it('creates a new cluster for a data folder that was deleted and created again, and keeps the old one', async () => {
    const dataDir = join(await closedFolder(), 'data');
    const first = await sandbox.startHere({ dataDir });
    await first.stop();
    rmSync(dataDir, { recursive: true });
    const second = await sandbox.startHere({ dataDir });
    expect(second.location).not.toBe(first.location);
    expect(existsSync(join(first.location, 'PG_VERSION'))).toBe(true);
  });

  it('creates no new cluster when the linked one is missing', async () => {
    const dataDir = join(await closedFolder(), 'data');
    const { location, stop } = await sandbox.startHere({ dataDir });
    await stop();
    await rename(location, `${location}.away`);
    await expect(sandbox.startHere({ dataDir })).rejects.toThrow(`links to ${location}, which is gone`);
    expect(lstatSync(join(dataDir, 'postgres')).isSymbolicLink()).toBe(true);
  });

  it('names the folder that is in the way when there is no place for the data', async () => {
    const closed = await closedFolder();
    const attempt = sandbox.startHere({ dataDir: join(closed, 'data'), systemFolder: join(closed, 'system') });
    await expect(attempt).rejects.toThrow(new RegExp(`^[^\n]+cannot enter ${closed}: [^\n]+$`));
    await writeFile(join(sandbox.folder, 'file'), '');
    const blocked = sandbox.startHere({
      dataDir: join(closed, 'data'),
      systemFolder: join(sandbox.folder, 'file', 'x'),
    });
    await expect(blocked).rejects.toThrow(new RegExp(`^${sandbox.folder}/file[^\n]+cannot be made[^\n]+$`));
  });

  it('names the folder that was closed after the cluster was made, and works once it is open again', async () => {
    const { stop } = await sandbox.startHere();
    await stop();
    await chmod(sandbox.dataDir, 0o700);
    await expect(sandbox.startHere()).rejects.toThrow(`cannot enter ${sandbox.dataDir}`);
    await chmod(sandbox.dataDir, 0o755);
    await sandbox.startHere();
  });

  it('refuses a cluster that belongs to root with the command that repairs it', async () => {
    const { location, stop } = await sandbox.startHere();
    await stop();
    await chown(location, 0, 0);
    await expect(sandbox.startHere()).rejects.toThrow(/belongs to root, .*"chown -R (postgres|nobody) /);
  });

  it('works under a umask that closes new folders to others', async () => {
    const before = process.umask(0o077);
    try {
      const dataDir = join(await closedFolder(), 'data');
      const { location } = await sandbox.startHere({ dataDir });
      expect(dirname(location)).toBe(join(sandbox.systemFolder, 'clusters'));
    } finally {
      process.umask(before);
    }
  });
});

asRoot('as an ordinary user', () => {
  const uid = uidOf('daemon');

  it('keeps everything in the data folder if the user can enter its parents', async () => {
    const home = join(sandbox.folder, 'home');
    await mkdir(home, { mode: 0o700 });
    await chown(home, uid, uid);
    const dataDir = join(home, 'data');
    const server = sandbox.spawn({ dataDir, uid });
    const { location } = await server.ready();
    expect(location).toBe(join(dataDir, 'postgres'));
    expect(statSync(location).uid).toBe(uid);
    await server.kill();
    const next = sandbox.spawn({ dataDir, uid });
    await next.ready();
    process.kill(next.pid, 'SIGTERM');
    expect(await next.waitForEvent('stopped')).toMatchObject({ answer: 1 });
    await next.end();
  });

  it('keeps the user of a cluster that root then runs', async () => {
    await mkdir(sandbox.dataDir);
    await chown(sandbox.dataDir, uid, uid);
    const server = sandbox.spawn({ uid });
    const { location } = await server.ready();
    process.kill(server.pid, 'SIGTERM');
    await server.end();
    await sandbox.startHere();
    expect(statSync(join(location, 'postmaster.pid')).uid).toBe(uid);
  });

  it('names the owner of a cluster that belongs to another user', async () => {
    const { stop } = await sandbox.startHere();
    await stop();
    const refusal = await sandbox.spawn({ uid }).waitForEvent('failed', 'ready');
    expect(refusal.message).toMatch(/belongs to the user (postgres|nobody): start Promptyard as that user\.$/);
  });
});
