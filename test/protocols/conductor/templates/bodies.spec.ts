import { once } from 'node:events';
import { request } from 'node:http';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, pathOf, read, saveTemplate } from '../templates.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

const mebibyte = 1024 * 1024;

const texts: readonly (readonly [what: string, text: string])[] = [
  ['one line', 'Answer kindly.'],
  ['several lines and empty ones', '\n\nFirst\n\n\nSecond\n\n'],
  ['quotation marks within', 'He said "hi" to \'her\''],
  ['a quotation mark at the front', '"hi'],
  ['a quotation mark at the end', 'hi"'],
  ['quotation marks at both ends', '"hi", he said. "Bye"'],
  ['two quotation marks at both ends', '""hi""'],
  ['nothing but a quotation mark', '"'],
  ['backslashes', 'C:\\new\\temp \\\\server \\u0041 \\"'],
  ['a lone backslash at the end', 'path\\'],
  ['two backslashes at the end', 'path\\\\'],
  ['an escaped quotation mark at the end', 'say \\"'],
  ['variables', 'Dear ${name}, ${workflow.input.x}, {{name}}, {{ name | textarea:required }}, $${x}, ${}, {{}}'],
  ['carriage returns', 'a\r\nb\rc\r\n'],
  ['tabs and blanks at the ends', '  \t text \t  '],
  ['characters outside of ASCII', 'Grüße, 你好, مرحبا, e\u0301, \u2028\u2029, \u00a0'],
  ['characters outside of the basic plane', '🦊👩‍👩‍👧‍👦𝒳'],
  ['a mark of byte order', '\ufeffText'],
  ['control characters', 'a\u0001\u001b[1mb\u007f\u0085'],
  ['JSON', '{"role": "user", "content": "a\\nb"}\n'],
  ['a number', '007'],
  ['1 MiB of lines', fill('Zeile "mit" \\ ü 🦊\n')],
];

/** As much of the line as makes 1 MiB of UTF-8, to the byte. */
function fill(line: string): string {
  const times = Math.floor(mebibyte / Buffer.byteLength(line));
  const text = line.repeat(times);
  return text + '.'.repeat(mebibyte - Buffer.byteLength(text));
}

const json = 'application/json';
const ascii = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const isEnclosed = (text: string) => text.length > 1 && text.startsWith('"') && text.endsWith('"');

interface Client {
  readonly client: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (text: string) => string;
  readonly isChunked?: boolean;
}

/** Recorded bodies of the published clients. */
const clients: readonly Client[] = [
  {
    client: 'JavaScript',
    headers: { 'user-agent': 'undici', 'content-type': json },
    body: JSON.stringify,
    isChunked: true,
  },
  { client: 'JavaScript after a refresh', headers: { 'user-agent': 'undici' }, body: JSON.stringify, isChunked: true },
  { client: 'C#', headers: { 'user-agent': 'RestSharp/106', 'content-type': `${json}; charset=utf-8` }, body: ascii },
  {
    client: 'Python',
    headers: { 'user-agent': 'python-httpx/0.28.1', 'content-type': json },
    body: (text) => ascii(text).replaceAll(/^"+|"+$/g, ''),
  },
  {
    client: 'Java',
    headers: { 'user-agent': 'okhttp/4.12.0', 'content-type': `${json}; charset=utf-8` },
    body: String,
  },
  { client: 'curl', headers: { 'user-agent': 'curl/8.5.0', 'content-type': 'text/plain' }, body: String },
  { client: 'no client that is known', headers: {}, body: String, isChunked: true },
];

/** Sends the body of a client, in chunks or at once, without additional headers. */
async function send({ headers, isChunked }: Client, path: string, body: string, token: string): Promise<number> {
  const length = isChunked ? {} : { 'content-length': Buffer.byteLength(body) };
  const sent = request(server.url + path, {
    method: 'POST',
    headers: { 'x-authorization': token, ...headers, ...length },
  });
  if (isChunked) sent.write(body.slice(0, body.length / 2));
  sent.end(isChunked ? body.slice(body.length / 2) : body);
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  await once(answer.resume(), 'end');
  return answer.statusCode ?? 0;
}

describe.each(clients)('a template of $client', (client) => {
  it.each(texts)('is returned byte for byte: %s', async (what, text) => {
    const name = `${client.client}: ${what}`;
    const path = `${pathOf(name)}?description=d`;
    expect(await send(client, path, client.body(text), alice.key)).toBe(200);
    const isRaw = client.body(text) === text;
    const saved = isRaw && isEnclosed(text) ? text.slice(1, -1) : text;
    expect((await read(server, alice.key, name)).template).toBe(saved);
  });
});

it('accepts a template whose type is given twice', async () => {
  const types = [json, `${json}; charset=utf-8`].flatMap((type) => ['content-type', type]);
  const text = 'A "raw" text';
  // Given as a list, nothing is added to them.
  const framing = ['host', new URL(server.url).host, 'content-length', String(text.length)];
  const headers = [...framing, ...types, 'user-agent', 'Go-http-client/1.1', 'x-authorization', alice.key];
  const options = { method: 'POST', headers };
  const sent = request(`${server.url}/api/prompts/twice?description=&models=`, options).end(text);
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  await once(answer.resume(), 'end');
  expect([answer.statusCode, (await read(server, alice.key, 'twice')).template]).toEqual([200, text]);
});

it('measures the template, not its encoding', async () => {
  const text = 'é\n"'.repeat(mebibyte / 4);
  const escaped = ascii(text);
  expect(escaped.length).toBeGreaterThan(2 * mebibyte);
  expect((await saveTemplate(server, alice.key, 'measured', escaped)).status).toBe(200);
  expect((await read(server, alice.key, 'measured')).template).toBe(text);
});

it.each([
  ['a template of more than 1 MiB', `${fill('x')}x`],
  ['a body of more than 8 MiB', 'x'.repeat(8 * mebibyte + 1)],
])('refuses %s with 413', async (_, body) => {
  const answer = await saveTemplate(server, alice.key, 'large', body);
  expect([answer.status, answer.body]).toEqual([413, expect.objectContaining({ status: 413, retryable: false })]);
});

it.each([
  ['no body', '', 'template is required'],
  ['an empty string', '""', 'template is required'],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'template must be valid UTF-8'],
  ['a NUL', 'a\0b', 'template must be valid Unicode without NUL characters'],
  ['an escaped NUL', '"a\\u0000b"', 'template must be valid Unicode without NUL characters'],
  ['half of a pair', '"a\\ud83d"', 'template must be valid Unicode without NUL characters'],
])('refuses %s with 400', async (_, body, message) => {
  const answer = await saveTemplate(server, alice.key, 'unreadable', body);
  expect([answer.status, answer.body]).toEqual([
    400,
    expect.objectContaining({ status: 400, message, retryable: false }),
  ]);
  expect((await ask(server, 'GET', pathOf('unreadable'), alice.key)).status).toBe(404);
});
