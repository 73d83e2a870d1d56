import { eventually } from '../support/api.js';
import { type RawConnection, openRawConnection, requestHead, statusOf } from '../support/network/raw-http.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const maxConcurrent = 32;
const shareOfOne = maxConcurrent / 2;
const [home, elsewhere] = ['192.0.2.1', '192.0.2.2'];
/** More bytes than the buffers of an unread connection can hold. */
const bytes = 7_900_000;

let server: TestServer;
let conversations: RawConnection[] = [];
beforeAll(async () => {
  server = await startTestServer({ TRUST_PROXY: '1' });
});
afterAll(() => server.stop());
afterEach(() => {
  for (const conversation of conversations) conversation.close();
  conversations = [];
});

/** Sends a template without credentials, except its last bytes. The refusal follows when all has arrived. */
async function send(from: string, length: number, missing: number): Promise<RawConnection> {
  const conversation = await openRawConnection(server);
  conversations.push(conversation);
  const headers = { 'x-authorization': 'of nobody', 'x-forwarded-for': from, 'content-length': length };
  conversation.send(requestHead('POST /api/prompts/large', headers));
  conversation.send(Buffer.alloc(length - missing, ' '));
  return conversation;
}

const answered = async (conversation: RawConnection) => statusOf(await conversation.waitFor(/\}$/, 60_000));
const readCount = (opened: readonly RawConnection[]) =>
  opened.filter(({ socket }) => socket.writableLength === 0).length;

it('limits the large bodies of one address at a time, and never the small ones', async () => {
  const opened = await Promise.all(Array.from({ length: 60 }, () => send(home, bytes, 1)));
  await eventually(
    () => Promise.resolve(readCount(opened)),
    (count) => count >= shareOfOne,
    60_000,
  );
  expect(await answered(await send(home, 1_000, 0))).toBe(401);
  expect(await answered(await send(elsewhere, bytes, 0))).toBe(401);
  expect(readCount(opened)).toBe(shareOfOne);
});

it('reads the waiting bodies when others have arrived or were aborted', async () => {
  const opened = await Promise.all(Array.from({ length: shareOfOne + 2 }, () => send(home, bytes, 1)));
  await eventually(
    () => Promise.resolve(readCount(opened)),
    (count) => count >= shareOfOne,
    60_000,
  );
  const [first, second] = opened.filter(({ socket }) => socket.writableLength === 0);
  first?.send(' ');
  second?.close();
  const waiting = opened.filter(({ socket }) => socket.writableLength > 0);
  for (const each of waiting) each.send(' ');
  expect(await Promise.all(waiting.map(answered))).toEqual([401, 401]);
});

it('frees the place of a body that is refused without being read', async () => {
  for (let refused = 0; refused <= shareOfOne; refused += 1) {
    const conversation = await send(home, 8 * 1024 * 1024 + 1, 0);
    expect(statusOf(await conversation.waitFor(/\}/, 60_000))).toBe(413);
  }
  expect(await answered(await send(home, bytes, 0))).toBe(401);
});
