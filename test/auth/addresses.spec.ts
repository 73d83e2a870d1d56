import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { type FakeOpenWebUi, knows, startFakeOpenWebUi } from '../protocols/open-webui/sessions/open-webui-server.js';
import { aForeignToken, signIn, signUp, whoAmI } from '../protocols/open-webui/sessions/sessions.js';

// Addresses and names are compared with A-Z folded and nothing else: no other letter passes for one of them.

let other: FakeOpenWebUi;
let server: TestServer;
let alice: TestUser;
let kim: TestUser;
beforeAll(async () => {
  other = await startFakeOpenWebUi();
  server = await startTestServer({
    OPENWEBUI_URL: other.url,
    ALLOW_SIGNUP: 'true',
    LOGIN_ATTEMPTS_PER_MINUTE: '1000',
  });
  alice = await aUser(server, { username: 'alice' });
  kim = await aUser(server, { username: 'kim' });
});
afterAll(async () => {
  await server.stop();
  await other.stop();
});

let count = 0;
async function delegated(email: string) {
  other.answer = knows(email);
  const { status, body } = await whoAmI(server, { token: aForeignToken({ id: `u-${(count += 1)}` }) });
  return { status, id: body.id };
}
const status = async (method: string, path: string, json: object) =>
  (await call(server, method, path, { json, token: server.adminKey })).status;

const conductorToken = (email: string, password: string) =>
  status('POST', '/api/token', { email, password, keyId: null });

it.each([
  ['ALICE@EXAMPLE.COM', () => alice],
  ['Kim@Example.com', () => kim],
])('treats %s as the same address everywhere', async (email, who) => {
  const { id, password } = who();
  expect(await delegated(email)).toEqual({ status: 200, id });
  expect((await call(server, 'POST', '/v1/auth/login', { json: { email, password } })).status).toBe(200);
  expect((await signIn(server, { email, password })).status).toBe(200);
  expect(await conductorToken(email, password)).toBe(200);
  expect(await status('POST', '/v1/users', { username: 'another', email })).toBe(409);
  expect((await signUp(server, { name: 'x', email, password })).status).toBe(400);
});

it.each([
  ['a dotted capital i', 'ALİCE@example.com', () => alice],
  ['a capital i with a dot that is added', 'ali\u0307ce@example.com', () => alice],
  ['a Kelvin sign', '\u212aim@example.com', () => kim],
  ['a wide letter', 'kim@example.\uff43om', () => kim],
  ['a dotless i', 'kım@example.com', () => kim],
])('treats an address with %s as another one everywhere', async (_, email, who) => {
  const { id, password } = who();
  expect((await delegated(email)).status).toBe(401);
  expect((await call(server, 'POST', '/v1/auth/login', { json: { email, password } })).status).toBe(401);
  expect((await signIn(server, { email, password })).status).toBe(400);
  expect(await conductorToken(email, password)).toBe(401);
  const { body } = await call(server, 'POST', '/v1/users', {
    token: server.adminKey,
    json: { username: `other-${(count += 1)}`, email },
  });
  expect(body).toMatchObject({ email });
  expect(await delegated(email)).toEqual({ status: 200, id: body.id });
  expect(body.id).not.toBe(id);
  expect((await signUp(server, { name: 'x', email, password })).status).toBe(400);
});

it.each(['\u212aim', 'al\u0130ce', 'AL\u0130CE'])("treats %j as no user's name", async (username) => {
  const { password } = alice;
  expect((await call(server, 'POST', '/v1/auth/login', { json: { username, password } })).status).toBe(401);
  expect(await status('POST', '/v1/users', { username, email: 'x@example.com' })).toBe(422);
  expect(await status('PUT', `/v1/organizations/workspace/members/${encodeURIComponent(username)}`, {})).not.toBe(200);
  const prompt = await aPrompt(server).make();
  const grants = { items: [{ principal_type: 'user', principal: username, permission: 'read' }] };
  expect(await status('PUT', `${prompt.path}/grants`, grants)).toBe(422);
});

it('finds addresses by the index that makes them unique', async () => {
  const client = await server.database.pool.connect();
  try {
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select id from account where lower(email collate "C") = lower($1::text collate "C")`,
      ['alice@example.com'],
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('account_email_key');
  } finally {
    client.release(true);
  }
});
