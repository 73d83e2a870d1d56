import { randomBytes } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { call, eventually } from '../../support/api.js';
import { field, multipart, tarball, versionForm } from '../../support/form.js';
import { packageOf } from '../../support/packages.js';
import { aKey, aUser, type TestUser } from '../../support/users.js';
import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import { bodyOf, openRawConnection, requestHead, statusOf } from '../../support/network/raw-http.js';
import { startTestServer, type TestServer, uploadFolderOf } from '../../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let mallory: TestUser;
let prompt: TestPrompt;
let hidden: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  mallory = await aUser(server);
  prompt = await aPrompt(server).ownedBy(alice).make();
  hidden = await aPrompt(server).ownedBy(alice).private().make();
});
afterAll(() => server.stop());

const twelveMegabytes = 12 * 1024 * 1024;
const nowhere = '/v1/prompts/00000000-0000-4000-8000-000000000000';
const notOwner = { error: 'FORBIDDEN', message: 'not prompt owner' };
const notFound = { error: 'NOT_FOUND', message: 'prompt not found' };
const noToken = { error: 'UNAUTHORIZED', message: 'missing bearer token' };

interface Refusal {
  readonly path: () => string;
  readonly token: () => string | undefined;
  readonly status: number;
  readonly body: object;
}

const refusals: [string, Refusal][] = [
  ['a stranger', { path: () => prompt.idPath, token: () => undefined, status: 401, body: noToken }],
  ['a stranger to nothing', { path: () => nowhere, token: () => undefined, status: 401, body: noToken }],
  ['somebody else', { path: () => prompt.idPath, token: () => mallory.key, status: 403, body: notOwner }],
  ['somebody else, hidden', { path: () => hidden.idPath, token: () => mallory.key, status: 404, body: notFound }],
  ['no prompt there', { path: () => nowhere, token: () => alice.key, status: 404, body: notFound }],
  ['no id', { path: () => '/v1/prompts/latest', token: () => alice.key, status: 404, body: notFound }],
];

function headOf({ path, token }: Refusal, extra: Record<string, string | number>): string {
  const secret = token();
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': twelveMegabytes, ...extra };
  const line = `POST ${path()}/versions`;
  return requestHead(line, secret === undefined ? headers : { ...headers, authorization: `Bearer ${secret}` });
}

it.each(refusals)('is sent instead of 100 Continue: %s', async (_who, refusal) => {
  const conversation = await openRawConnection(server);
  conversation.send(headOf(refusal, { expect: '100-continue' }));
  const answer = await conversation.waitFor(/\}$/);
  conversation.close();
  expect(answer).toMatch(/^HTTP\/1\.1 /);
  expect(answer).not.toContain('100 Continue');
  expect([statusOf(answer), bodyOf(answer)]).toEqual([refusal.status, refusal.body]);
});

it.each(refusals)('is sent before the body arrives, and the body is discarded: %s', async (_who, refusal) => {
  const conversation = await openRawConnection(server);
  conversation.send(headOf(refusal, {}));
  const answer = await conversation.waitFor(/\}$/);
  expect([statusOf(answer), bodyOf(answer)]).toEqual([refusal.status, refusal.body]);
  conversation.send(Buffer.alloc(twelveMegabytes));
  // What follows the discarded body on the same connection is understood.
  conversation.send(requestHead('GET /health/live', { connection: 'close' }));
  expect(await conversation.end()).toContain('{"status":"alive"}');
});

it('can be read by a client that sends everything before it reads', async () => {
  const form = multipart(tarball(Buffer.alloc(twelveMegabytes)));
  const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: mallory.key, ...form });
  expect([status, body]).toEqual([403, notOwner]);
});

it('ends the connection once 16 MiB have been discarded', async () => {
  const conversation = await openRawConnection(server);
  const [, refusal] = refusals[0] ?? [];
  conversation.send(refusal ? headOf(refusal, { 'content-length': 64 * 1024 * 1024 }) : '');
  await conversation.waitFor(/\}$/);
  conversation.send(Buffer.alloc(17 * 1024 * 1024));
  expect(statusOf(await conversation.end())).toBe(401);
});

it('does not occur for an accepted upload: 100 Continue, then 201', async () => {
  const { body, headers } = versionForm('1.0.0', await packageOf({ name: prompt.name, version: '1.0.0' }));
  const conversation = await openRawConnection(server);
  const head = { ...headers, 'content-length': body.length, authorization: `Bearer ${alice.key}` };
  conversation.send(
    requestHead(`POST ${prompt.idPath}/versions`, { ...head, expect: '100-continue', connection: 'close' }),
  );
  expect(await conversation.waitFor(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  conversation.send(body);
  expect(await conversation.end()).toContain('HTTP/1.1 201 Created');
});

it('refuses a key without the scope, and says which', async () => {
  const key = await aKey(server, alice.id, { scopes: ['prompts:read', 'prompts:write'] });
  const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: key });
  const details = { scope: 'versions:publish' };
  expect([status, body]).toEqual([403, { error: 'FORBIDDEN', message: 'missing scope', details }]);
});

describe('413', () => {
  const tooLarge = { error: 'PAYLOAD_TOO_LARGE', message: 'payload too large' };

  it('is the answer to one byte more than 10 485 760', async () => {
    const form = multipart(field('version', '2.0.0'), tarball(Buffer.alloc(10_485_761)));
    const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key, ...form });
    expect([status, body]).toEqual([413, tooLarge]);
  });

  it('is the answer to a tarball that is too large, even with an invalid version', async () => {
    const form = multipart(tarball(Buffer.alloc(10_485_761)), field('version', 'bad'));
    const { status } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key, ...form });
    expect(status).toBe(413);
  });

  it('can be read by a client that continues to send', async () => {
    const form = multipart(field('version', '2.0.0'), tarball(Buffer.alloc(15 * 1024 * 1024)));
    const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key, ...form });
    expect([status, body]).toEqual([413, tooLarge]);
  });

  it('leaves no temporary file', async () => {
    await expectNoFiles();
  });
});

describe('400', () => {
  const malformed = { error: 'BAD_REQUEST', message: 'the request could not be parsed' };
  const post = (body: string | Buffer, type: string) =>
    call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key, body, headers: { 'content-type': type } });

  it('is the answer to a truncated form', async () => {
    const form = versionForm('2.0.0', await packageOf({ name: prompt.name, version: '2.0.0' }));
    // Cut in the first part's head, in the tarball, and before the closing delimiter.
    for (const length of [40, 400, form.body.length - 60]) {
      const { status, body } = await post(form.body.subarray(0, length), form.headers['content-type']);
      expect([length, status, body]).toEqual([length, 400, malformed]);
    }
  });

  it('is the answer to a form without a boundary', async () => {
    const { status, body } = await post('x', 'multipart/form-data');
    expect([status, body]).toEqual([400, malformed]);
  });

  it('is the answer to an empty form', async () => {
    const { status, body } = await post('', 'multipart/form-data; boundary=x');
    expect([status, body]).toEqual([400, malformed]);
  });

  it('is the answer to bytes that are no form', async () => {
    const { status, body } = await post('hello', 'multipart/form-data; boundary=x');
    expect([status, body]).toEqual([400, malformed]);
  });
});

describe('a client that disconnects in the middle', () => {
  it('leaves no row, no reservation and no temporary file', async () => {
    const form = versionForm('3.0.0', Buffer.alloc(5_000_000, 1));
    const conversation = await openRawConnection(server);
    const head = { ...form.headers, 'content-length': form.body.length, authorization: `Bearer ${alice.key}` };
    conversation.send(requestHead(`POST ${prompt.idPath}/versions`, head));
    conversation.send(form.body.subarray(0, 2_500_000));
    const arrived = await eventually(temporaryFiles, (names) => names.length === 1);
    expect(arrived).toHaveLength(1);
    conversation.close();
    await expectNoFiles();
    const { rows } = await server.database.pool.query(
      `select version from version where version = '3.0.0' union all select version from version_reservation`,
    );
    expect(rows).toEqual([]);
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('closes the file of a refused upload, completely read or not', async () => {
  for (const archive of [Buffer.alloc(1_000_000, 1), gzipSync(randomBytes(1_000_000))]) {
    const form = versionForm('4.0.0', archive);
    const { status } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key, ...form });
    expect([status, await openTemporaryFiles()]).toEqual([422, []]);
  }
});

/** Open files of this process, including deleted ones. The server runs in this process. */
async function openTemporaryFiles(): Promise<string[]> {
  const folder = '/proc/self/fd';
  const targets = (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target.includes('.part'));
}

function temporaryFiles(): Promise<string[]> {
  return readdir(uploadFolderOf(server));
}

async function expectNoFiles(): Promise<void> {
  expect(await eventually(temporaryFiles, (names) => names.length === 0)).toEqual([]);
}
