import { setTimeout as delay } from 'node:timers/promises';
import { anArchive } from './support/archives.js';
import { json, type RegistryClient, type Reply, sha256 } from './support/registry-client.js';
import type { ServerProcess } from './support/server-process.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

const name = 'contested';
let environment: ServerEnvironment;
let first: { server: ServerProcess; client: RegistryClient };
let second: { server: ServerProcess; client: RegistryClient };
let promptId: string;

beforeAll(async () => {
  environment = await ServerEnvironment.open();
  first = await environment.start();
  second = await environment.start();
  promptId = await first.client.createPrompt(name);
});
afterAll(() => environment.close());

it('lets one of twenty concurrent uploads to two servers win, and serves its bytes', async () => {
  const archives = await Promise.all(Array.from({ length: 20 }, () => archiveOf('1.0.0', 300_000)));
  const replies = await Promise.all(
    archives.map((archive, index) => (index % 2 ? first : second).client.upload(promptId, '1.0.0', archive)),
  );
  const winners = archives.filter((_, index) => replies[index]?.status === 201).map(sha256);
  expect(winners).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(new Set(replies.map(digestIn))).toEqual(new Set(winners));
  await expectServed('1.0.0', winners[0]);
});

it('leaves nothing of an upload whose process lost its lease, and another process can publish at once', async () => {
  for (let patch = 0; patch < 5; patch += 1) {
    const version = `2.0.${patch}`;
    const [one, other] = [await archiveOf(version, 3_000_000), await archiveOf(version, 3_000_000)];
    const disturbed = first.client.upload(promptId, version, one);
    await delay(20 + 60 * patch);
    await endLeases();
    const undisturbed = await publish(second.client, version, other);
    const reply = await disturbed;
    expect([201, 409, 503]).toContain(reply.status);
    expect([reply, undisturbed].filter(({ status }) => status === 201)).toHaveLength(1);
    await expectServed(version, sha256(reply.status === 201 ? one : other));
  }
});

it('does not let a process that was frozen during an upload win later or harm the winner', async () => {
  const outcomes: number[] = [];
  // An upload that is through before it is frozen says nothing: until one was caught.
  for (let patch = 0; patch < 4 || (patch < 16 && !outcomes.includes(503)); patch += 1) {
    const version = `3.0.${patch}`;
    const [one, other] = [await archiveOf(version, 8_000_000), await archiveOf(version, 1_000_000)];
    const frozen = first.client.upload(promptId, version, one);
    const holder = await seenReserved(version, frozen);
    await delay(15 * (patch % 4));
    first.server.signal('SIGSTOP');
    await endLeases(holder);
    const winner = await publish(second.client, version, other);
    first.server.signal('SIGCONT');
    const loser = await frozen;
    outcomes.push(loser.status);
    // It may have finished before it was frozen; then the other one was told so.
    const winners = [loser, winner].filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    expect([201, 409, 503]).toContain(loser.status);
    await delay(500);
    await expectServed(version, sha256(loser.status === 201 ? one : other));
  }
  expect(outcomes).toContain(503);
});

it('leaves no object behind that belongs to no version', async () => {
  await expect(environment.orphanedObjects()).resolves.toEqual([]);
});

function archiveOf(version: string, bytes: number): Promise<Buffer> {
  return anArchive({ name, version, bytes });
}

/** Retries on 503. */
function publish(client: RegistryClient, version: string, archive: Buffer): Promise<Reply> {
  return eventually(
    () => client.upload(promptId, version, archive),
    ({ status }) => status !== 503,
  );
}

function digestIn(reply: Reply): string | undefined {
  const { sha256: digest, details } = json(reply);
  return digest ?? details?.sha256;
}

async function expectServed(version: string, digest: string | undefined): Promise<void> {
  for (const { client } of [first, second]) {
    expect((await client.items(name)).find((item) => item.version === version)?.sha256).toBe(digest);
    expect(sha256(await client.fetchArchive(name, version))).toBe(digest);
  }
}

/** The key of the advisory lock of the process that reserved the version. */
/** Its holder as soon as there is one, without a pause: a reservation lasts for some milliseconds. */
async function seenReserved(version: string, upload: Promise<Reply>): Promise<string | undefined> {
  const over = new AbortController();
  void upload.finally(() => over.abort());
  let holder = await reservedBy(version);
  while (holder === undefined && !over.signal.aborted) holder = await reservedBy(version);
  return holder;
}

async function reservedBy(version: string): Promise<string | undefined> {
  const statement = 'select holder::text from version_reservation where version = $1';
  const { rows } = await environment.database.pool.query<{ holder: string }>(statement, [version]);
  return rows[0]?.holder;
}

/** Ends the connection that keeps a process's advisory lock; without a holder, that of every process. */
async function endLeases(holder?: string): Promise<void> {
  await environment.database.pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and a.application_name = 'promptyard lease' and a.datname = current_database()
       and ($1::bigint is null or (l.classid::bigint << 32) + l.objid::bigint = $1)`,
    [holder ?? null],
  );
}
