import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/api.js';
import { versionForm } from '../../support/form.js';
import { type RawConnection, openRawConnection, requestHead, statusOf } from '../../support/network/raw-http.js';
import { packageOf, packageOfSize } from '../../support/packages.js';
import { aKey, aUser } from '../../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../../support/prompts.js';
import { startTestServer, type TestServer, uploadFolderOf } from '../../support/test-server.js';

const uploadsAtOnce = 4;
const queueLimit = 256;
const permits = queueLimit + uploadsAtOnce;
/** Each upload needs a database connection to authenticate. More at once can be refused on a busy machine. */
const maxArrivingAtOnce = 20;
/** The number of permits that one caller may hold, so that others can get the rest. */
const shareOfOne = permits / 2;

let server: TestServer;
let alice: Sender & { readonly id: string };
let bob: Sender;
let conversations: RawConnection[] = [];
let trickles: NodeJS.Timeout[] = [];
beforeEach(async () => {
  server = await startTestServer({ UPLOADS_AT_ONCE: String(uploadsAtOnce), UPLOAD_QUEUE_LIMIT: String(queueLimit) });
  [alice, bob] = [await aSender(), await aSender()];
});
afterEach(async () => {
  for (const trickle of trickles) clearInterval(trickle);
  for (const conversation of conversations) conversation.close();
  [conversations, trickles] = [[], []];
  await server.stop();
});

async function aSender() {
  const user = await aUser(server);
  return { id: user.id, token: user.key, prompt: await aPrompt(server).ownedBy(user).make() };
}

interface Upload {
  readonly head: string;
  readonly body: Buffer;
}

function uploadOf(version: string, archive: Buffer, { idPath }: TestPrompt, token: string): Upload {
  const { body, headers } = versionForm(version, archive);
  const fields = { authorization: `Bearer ${token}`, 'content-length': body.length, ...headers };
  return { head: requestHead(`POST ${idPath}/versions`, fields), body };
}

interface Sender {
  readonly prompt: TestPrompt;
  readonly token: string;
}

/** Connections that each send the head and the first bytes of an upload, and then nothing. */
async function stall(count: number, bytes: number, { prompt, token }: Sender): Promise<RawConnection[]> {
  const archive = await packageOfSize({ name: prompt.name, version: '9.9.9' }, 1_000_000);
  const { head, body } = uploadOf('9.9.9', archive, prompt, token);
  const opened: RawConnection[] = [];
  while (opened.length < count) {
    const size = Math.min(maxArrivingAtOnce, count - opened.length);
    const batch = await Promise.all(Array.from({ length: size }, () => openRawConnection(server)));
    for (const conversation of batch) {
      conversation.send(head);
      conversation.send(body.subarray(0, bytes));
      // Slow, but not too slow to be waited for.
      if (bytes > headOfTheForm) trickles.push(setInterval(() => conversation.send(Buffer.alloc(4096)), 1_000));
    }
    opened.push(...batch);
    await delay(50);
  }
  conversations.push(...opened);
  return opened;
}

/** Opens uploads until an account holds its maximum of permits. Each has sent more than fits without a permit. */
async function holdShare(...senders: readonly Sender[]): Promise<RawConnection[]> {
  const held: RawConnection[] = [];
  for (let turn = 0; held.length < shareOfOne; turn += 1) {
    const sender = senders[turn % senders.length] ?? alice;
    held.push(...(await stall(Math.min(maxArrivingAtOnce, shareOfOne - held.length), halfMegabyte, sender)));
    await eventually(filesThatCame, (count) => count === held.length, 60_000);
    expect(await filesThatCame()).toBe(held.length);
  }
  return held;
}

async function filesThatCame(): Promise<number> {
  const folder = uploadFolderOf(server);
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.filter((size) => size > 100_000).length;
}

const headOfTheForm = 300;
const halfMegabyte = 500_000;
const upload = ({ prompt, token }: Sender, version = '1.0.0') => uploadVersion(server, prompt, token, version);
const statusesHeard = (opened: readonly RawConnection[]) =>
  opened
    .map((each) => each.received())
    .filter((answer) => answer !== '')
    .map(statusOf);

it('serves all callers while 300 uploads stall after the head of the form', async () => {
  const stalled = await stall(300, headOfTheForm, alice);
  expect((await upload(bob)).status).toBe(201);
  expect((await upload(alice)).status).toBe(201);
  // Too slow for too long, and told so.
  const answers = await Promise.all(stalled.map((each) => each.waitFor(/\}$/, 100_000)));
  expect(answers.filter((answer) => statusOf(answer) !== 408)).toEqual([]);
  expect(answers[0]).toMatch(/"error":"REQUEST_TIMEOUT","message":"the request did not arrive in time"/);
});

it('limits one account with several keys to its share', async () => {
  await holdShare(alice, { ...alice, token: await aKey(server, alice.id) });
  const more = await stall(100, halfMegabyte, alice);
  const answers = await Promise.all(['1.0.0', '1.0.1', '1.0.2'].map((version) => upload(bob, version)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(statusesHeard(more)).toEqual([]);
});

it('refuses the newest upload of an account when too many wait, but none of another account', async () => {
  await holdShare(alice);
  const waiting = await stall(queueLimit + 1, headOfTheForm, alice);
  await eventually(
    () => Promise.resolve(statusesHeard(waiting)),
    ({ length }) => length > 0,
    60_000,
  );
  expect(statusesHeard(waiting)).toEqual([503]);
  const [refused] = waiting.map((each) => each.received()).filter((answer) => answer !== '');
  expect(refused).toMatch(/retry-after: 5\r\n[^]*"error":"OVERLOADED","message":"too many uploads are waiting"/i);
  const answers = await Promise.all(['1.0.0', '1.0.1', '1.0.2'].map((version) => upload(bob, version)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(statusesHeard(waiting)).toEqual([503]);
});

it('gives the permits of disconnected clients to waiting ones', async () => {
  const holders = await holdShare(alice);
  const waits = upload(alice);
  for (const holder of holders) holder.close();
  expect((await waits).status).toBe(201);
});

it.each([
  { title: '30 KiB a second', bytesPerStep: 3 * 1024, stepMs: 100, pauseMs: 0 },
  { title: '30 KiB a second with a pause of 6 s', bytesPerStep: 3 * 1024, stepMs: 100, pauseMs: 6_000 },
])('accepts an upload with $title, among stalled ones', async ({ bytesPerStep, stepMs, pauseMs }) => {
  await stall(300, headOfTheForm, alice);
  const archive = await packageOfSize({ name: alice.prompt.name, version: '1.0.0' }, 120_000);
  const { head, body } = uploadOf('1.0.0', archive, alice.prompt, alice.token);
  const conversation = await openRawConnection(server);
  conversations.push(conversation);
  conversation.send(head);
  for (let sent = 0; sent < body.length; sent += bytesPerStep) {
    if (sent === bytesPerStep * 5) await delay(pauseMs);
    conversation.send(body.subarray(sent, sent + bytesPerStep));
    await delay(stepMs);
  }
  expect(statusOf(await conversation.waitFor(/\}$/, 60_000))).toBe(201);
});

it('accepts 256 uploads of one account at the same time', async () => {
  const archives = await Promise.all(
    Array.from({ length: queueLimit }, (_, index) => packageOf({ name: alice.prompt.name, version: `1.0.${index}` })),
  );
  const uploads = archives.map((archive, index) => uploadOf(`1.0.${index}`, archive, alice.prompt, alice.token));
  const opened = await Promise.all(
    uploads.map(async ({ head, body }) => {
      const conversation = await openRawConnection(server);
      conversations.push(conversation);
      conversation.send(head);
      conversation.send(body);
      return conversation;
    }),
  );
  const answers = await Promise.all(opened.map((each) => each.waitFor(/\}$/, 100_000)));
  // A machine that is busy with other things may lack connections to the database, but not room in the queue.
  expect(answers.filter((answer) => /"(OVERLOADED|RATE_LIMITED|REQUEST_TIMEOUT)"/.test(answer))).toEqual([]);
  expect(answers.map(statusOf)).toContain(201);
});
