import { setTimeout as delay } from 'node:timers/promises';
import { versionForm } from '../support/form.js';
import { bodyOf, type RawConnection, openRawConnection, requestHead, statusOf } from '../support/network/raw-http.js';
import { packageOfSize } from '../support/packages.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
const conversations: RawConnection[] = [];
beforeAll(async () => {
  server = await startTestServer({ REQUEST_TIMEOUT_SECONDS: '2' });
  alice = await aUser(server);
});
afterAll(async () => {
  for (const conversation of conversations) conversation.close();
  await server.stop();
});

const stepMs = 100;
const quick = 12 * 1024;
const slow = 300;

interface Asked {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends so many bytes ten times a second, until the answer arrives or everything except the missing bytes is sent. */
async function trickle({ line, headers, body }: Asked, bytesPerStep: number, missing = 0): Promise<string> {
  const conversation = await openRawConnection(server);
  conversations.push(conversation);
  conversation.send(requestHead(line, { ...headers, 'content-length': body.length }));
  for (let sent = 0; sent < body.length - missing && conversation.received() === ''; sent += bytesPerStep) {
    conversation.send(body.subarray(sent, Math.min(sent + bytesPerStep, body.length - missing)));
    await delay(stepMs);
  }
  return conversation.waitFor(/\}$/, 60_000);
}

const authorization = () => ({ authorization: `Bearer ${alice.key}` });
const json = (text: string) => Buffer.from(JSON.stringify({ name: 'slow', description: text }));

/** Bodies that take far longer than the timeout at the rate of `quick`. */
const bodies: readonly [string, () => Promise<Asked>][] = [
  [
    'a package',
    async () => {
      const { name, idPath } = await aPrompt(server).ownedBy(alice).make();
      const { body, headers } = versionForm('1.0.0', await packageOfSize({ name, version: '1.0.0' }, 600_000));
      return { line: `POST ${idPath}/versions`, headers: { ...headers, ...authorization() }, body };
    },
  ],
  [
    'JSON on /v1',
    () => {
      const headers = { 'content-type': 'application/json', ...authorization() };
      return Promise.resolve({ line: 'POST /v1/prompts', headers, body: json('x'.repeat(600_000)) });
    },
  ],
  [
    'JSON of a stranger on Conductor',
    () => Promise.resolve({ line: 'POST /api/token', headers: {}, body: json('x'.repeat(600_000)) }),
  ],
];

const eachBody = (send: (asked: Asked) => Promise<string>) =>
  Promise.all(bodies.map(async ([name, ask]) => [name, await send(await ask())] as const));

it('reads bodies that arrive with 120 KiB a second, for longer than the timeout', async () => {
  const answers = await eachBody((asked) => trickle(asked, quick));
  for (const [name, answer] of answers) expect([name, statusOf(answer)]).not.toEqual([name, 408]);
});

it.each([
  ['come with 3 KiB a second', (asked: Asked) => trickle(asked, slow)],
  ['stop when almost all of them has come', (asked: Asked) => trickle(asked, asked.body.length, 100)],
])('aborts bodies that %s when the timeout is over', async (_how, send) => {
  for (const [name, answer] of await eachBody(send)) {
    expect([name, statusOf(answer)]).toEqual([name, 408]);
    expect(bodyOf(answer)).toMatchObject({ message: 'the request did not arrive in time' });
  }
});
