import { bodyOf, openRawConnection, sendRaw, requestHead, statusOf } from '../support/network/raw-http.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ REQUEST_TIMEOUT_SECONDS: '1' });
});
afterAll(() => server.stop());

interface ProtocolClient {
  readonly protocol: string;
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (status: number, code: string, message: string) => unknown;
}

const instance = expect.any(String) as unknown;
const conductors = (status: number, _code: string, message: string) => ({
  status,
  message,
  instance,
  retryable: false,
});
const openWebUis = (status: number, _code: string, message: string) => ({
  detail: status === 400 ? 'Bad Request' : message,
});
const clients: readonly ProtocolClient[] = [
  {
    protocol: 'registry',
    line: 'POST /v1/prompts',
    headers: {},
    body: (_status, error, message) => ({ error, message }),
  },
  { protocol: 'conductor', line: 'POST /api/token', headers: {}, body: conductors },
  {
    protocol: 'conductor, by its header',
    line: 'POST /api/prompts/create',
    headers: { 'x-authorization': 'x' },
    body: conductors,
  },
  { protocol: 'open-webui', line: 'POST /api/v1/prompts/create', headers: {}, body: openWebUis },
  {
    protocol: 'open-webui, by its header',
    line: 'POST /api/prompts/create',
    headers: { authorization: 'Bearer x' },
    body: openWebUis,
  },
];
type Refusal = readonly [status: number, code: string, text: string];
const malformed: Refusal = [400, 'BAD_REQUEST', 'the request could not be parsed'];
const late: Refusal = [408, 'REQUEST_TIMEOUT', 'the request did not arrive in time'];
const tooLong: Refusal = [431, 'HEADER_TOO_LARGE', 'the request header is too long'];

async function sendBytes(bytes: string): Promise<string> {
  const conversation = await openRawConnection(server);
  conversation.send(bytes);
  return conversation.end();
}

describe.each(clients)('in the form of $protocol', ({ line, headers, body }) => {
  const answered = (answer: string) => [statusOf(answer), bodyOf(answer)];
  const refusal = ([status, code, text]: Refusal) => [status, body(status, code, text)];
  const head = (more: Readonly<Record<string, string>> = {}) => requestHead(line, { ...headers, ...more });

  it('answers a header that is too long', async () => {
    const answer = await sendRaw(server, line, { ...headers, 'x-long': 'x'.repeat(20_000) });
    expect(answered(answer)).toEqual(refusal(tooLong));
  });

  it('answers a header that is too long and arrives in pieces, after another request', async () => {
    const conversation = await openRawConnection(server);
    conversation.send(head({ 'content-length': '0' }));
    const first = await conversation.waitFor(/\r\n\r\n[^]*\}/);
    conversation.send(head().slice(0, -2));
    for (let sent = 0; sent < 20; sent += 1) {
      conversation.send(`x-part-${sent}: ${'x'.repeat(1000)}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const all = await conversation.end();
    expect(answered(all.slice(first.length))).toEqual(refusal(tooLong));
  });

  it('answers a malformed header', async () => {
    const conversation = await openRawConnection(server);
    conversation.send(`${head().slice(0, -2)}no header at all\r\n\r\n`);
    expect(answered(await conversation.end())).toEqual(refusal(malformed));
  });

  it('answers a request without a host, or with two', async () => {
    for (const hosts of ['', 'host: one.example\r\nhost: two.example\r\n']) {
      const conversation = await openRawConnection(server);
      const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      conversation.send(`${line} HTTP/1.1\r\n${hosts}${fields.join('')}connection: close\r\ncontent-length: 0\r\n\r\n`);
      expect(answered(await conversation.end())).toEqual(refusal(malformed));
    }
  });

  it.each([
    'a b',
    'evil.example/path',
    'user@evil.example',
    'a"b',
    "a'b<script>",
    'a:b',
    'a:99999',
    '[::1',
    '%41',
    'a,b',
    'é',
  ])('answers an invalid host: %s', async (host) => {
    const answer = await sendRaw(server, line, { ...headers, host, 'content-length': '0' });
    expect(answered(answer)).toEqual(refusal(malformed));
  });
});

it.each([
  'registry.test',
  'registry.test:8080',
  'my_service',
  'a.b.',
  '127.0.0.1:3000',
  '[::1]:3000',
  'xn--bcher-kva.example',
])('accepts a valid host: %s', async (host) => {
  expect(statusOf(await sendRaw(server, 'GET /v1/prompts', { host }))).toBe(200);
});

it('answers an incomplete header or body in the form of each protocol', async () => {
  const answers = clients.flatMap(({ line, headers }) => [
    sendBytes(requestHead(line, headers).slice(0, -2)),
    sendBytes(`${requestHead(line, { ...headers, 'content-type': 'application/json', 'content-length': 10 })}{`),
  ]);
  const expected = clients.flatMap(({ body }) => [body(...late), body(...late)]);
  expect((await Promise.all(answers)).map(bodyOf)).toEqual(expected);
}, 60_000);

it('answers once if the answer precedes the body', async () => {
  const conversation = await openRawConnection(server);
  conversation.send(requestHead('POST /v1/nothing', { 'content-length': '10' }));
  const answer = await conversation.end();
  expect([statusOf(answer), answer.match(/HTTP\/1\.1/g)]).toEqual([415, ['HTTP/1.1']]);
}, 30_000);

it('answers bytes that are no HTTP in the form of the registry', async () => {
  const conversation = await openRawConnection(server);
  conversation.send(Buffer.from([0x16, 3, 1, 0, 0xa5, 1, 0, 0]));
  const [status, error, message] = malformed;
  const answer = await conversation.end();
  expect([statusOf(answer), bodyOf(answer)]).toEqual([status, { error, message }]);
});

it('answers HTTP/1.0 without a host', async () => {
  const conversation = await openRawConnection(server);
  conversation.send('GET /health/live HTTP/1.0\r\n\r\n');
  expect(statusOf(await conversation.end())).toBe(200);
});

it('ignores an expectation that it does not know', async () => {
  expect(statusOf(await sendRaw(server, 'GET /v1/prompts', { expect: 'the-unexpected' }))).toBe(200);
});
