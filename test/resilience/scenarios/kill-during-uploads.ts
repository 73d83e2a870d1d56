import { setTimeout as delay } from 'node:timers/promises';
import { anArchive } from '../support/archives.js';
import { json, type RegistryClient, type Reply, sha256 } from '../support/registry-client.js';
import type { ServerEnvironment } from '../support/server-environment.js';

const archiveBytes = 3_000_000;
const singleUploads = 4;
const racingUploads = 3;

interface Attempt {
  readonly version: string;
  readonly archive: Buffer;
  readonly digest: string;
  reply: Reply | undefined;
}

export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly interrupted: number;
  /** Of those interrupted: how many had been committed, as their retry was told. */
  readonly committedUnheard: number;
  /** What went against the promise; empty if nothing did. */
  readonly problems: string[];
}

/**
 * Kills the server at a random moment of parallel uploads, of different versions and of the same version. Starts it
 * again, publishes the unacknowledged versions at once, and compares the listed versions with the acknowledged ones.
 */
export async function killDuringUploads(environment: ServerEnvironment, rounds: number): Promise<KillReport> {
  const name = 'killed';
  const problems: string[] = [];
  const promised = new Map<string, string>();
  const totals = { acknowledged: 0, interrupted: 0, committedUnheard: 0 };
  let { server, client } = await environment.start();
  const promptId = await client.createPrompt(name);
  const usualMs = await duration(client, promptId, await prepare(name, 0), promised, problems);
  for (let round = 1; round <= rounds; round += 1) {
    const attempts = await prepare(name, round);
    const uploads = attempts.map((attempt) => upload(client, promptId, attempt));
    await delay((0.2 + 1.2 * Math.random()) * usualMs);
    await server.end();
    await Promise.all(uploads);
    const lost = attempts.filter(({ reply }) => reply === undefined);
    judge(attempts, promised, problems);
    ({ server, client } = await environment.start());
    await Promise.all(lost.map((attempt) => upload(client, promptId, attempt)));
    totals.acknowledged += attempts.length - lost.length;
    totals.interrupted += lost.length;
    totals.committedUnheard += lost.filter((attempt) => isOwnConflict(attempt)).length;
    judge(attempts, promised, problems);
    problems.push(...unanswered(lost));
    problems.push(...(await compare(client, name, promised)));
  }
  problems.push(...(await leftovers(environment)));
  await server.end();
  return { rounds, ...totals, problems };
}

/** The time of a round without a kill. */
async function duration(
  client: RegistryClient,
  promptId: string,
  attempts: readonly Attempt[],
  promised: Map<string, string>,
  problems: string[],
): Promise<number> {
  const started = performance.now();
  await Promise.all(attempts.map((attempt) => upload(client, promptId, attempt)));
  judge(attempts, promised, problems);
  return performance.now() - started;
}

function prepare(name: string, round: number): Promise<Attempt[]> {
  const patches = [
    ...Array.from({ length: singleUploads }, (_, index) => index + 1),
    ...Array.from({ length: racingUploads }, () => 0),
  ];
  return Promise.all(
    patches.map(async (patch) => {
      const version = `1.${round}.${patch}`;
      const archive = await anArchive({ name, version, bytes: archiveBytes });
      return { version, archive, digest: sha256(archive), reply: undefined };
    }),
  );
}

/** An upload that the kill cut off leaves its attempt without a reply. */
async function upload(client: RegistryClient, promptId: string, attempt: Attempt): Promise<void> {
  attempt.reply = await client.upload(promptId, attempt.version, attempt.archive).catch(() => undefined);
}

/** Records the acknowledged versions, and contradictions to earlier answers. */
function judge(attempts: readonly Attempt[], promised: Map<string, string>, problems: string[]): void {
  for (const { version, digest, reply } of attempts) {
    if (reply?.status === 409 || reply?.status === 201) {
      const reported = reply.status === 201 ? digest : digestIn(reply);
      const before = promised.get(version);
      if (reported === undefined || (before !== undefined && before !== reported)) {
        problems.push(`${version}: ${reply.status} ${reply.body} after ${before} was promised`);
      } else promised.set(version, reported);
    } else if (reply) problems.push(`${version}: ${reply.status} ${reply.body}`);
  }
}

function unanswered(attempts: readonly Attempt[]): string[] {
  return attempts.filter(({ reply }) => !reply).map(({ version }) => `${version}: the retry got no answer`);
}

function isOwnConflict({ digest, reply }: Attempt): boolean {
  return reply?.status === 409 && digestIn(reply) === digest;
}

function digestIn(reply: Reply): string | undefined {
  return json(reply).details?.sha256;
}

async function compare(client: RegistryClient, name: string, promised: ReadonlyMap<string, string>): Promise<string[]> {
  const listed = new Map((await client.items(name)).map((item) => [item.version, item.sha256]));
  const missing = [...promised].filter(([version, digest]) => listed.get(version) !== digest);
  const problems = missing.map(
    ([version, digest]) => `${version}: promised as ${digest}, listed as ${listed.get(version)}`,
  );
  for (const [version, digest] of listed) {
    if (!promised.has(version)) problems.push(`${version}: listed, but promised to nobody`);
    const served = await client.fetchArchive(name, version).then(sha256, String);
    if (served !== digest) problems.push(`${version}: listed as ${digest}, served as ${served}`);
  }
  return problems;
}

/** Everything was published in the end, so nothing may be reserved or lie about. */
async function leftovers(environment: ServerEnvironment): Promise<string[]> {
  const orphaned = await environment.orphanedObjects();
  const reserved = await environment.reservations();
  return [...orphaned.map((key) => `stray object ${key}`), ...(reserved > 0 ? [`${reserved} reservations`] : [])];
}
