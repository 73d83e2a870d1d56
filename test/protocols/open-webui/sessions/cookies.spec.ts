import { parseSetCookie } from 'cookie';
import { type ApiAnswer, call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { claimsOf, type Headers, statusAndBody, refusals, signIn, signUp, detailOf, whoAmI } from './sessions.js';

let server: TestServer;
let alice: TestUser;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer({ ALLOW_SIGNUP: 'true', TRUST_PROXY: 'true' });
  alice = await aUser(server, { username: 'alice' });
  const { body } = await signIn(server, credentials());
  cookie = `theme=dark; token=${body.token}`;
});
afterAll(() => server.stop());

const credentials = () => ({ email: alice.email, password: alice.password });
const cookiesOf = ({ headers }: ApiAnswer) => headers.getSetCookie().map((value) => parseSetCookie(value));
const paths = ['/api/v1', '/api/prompts'];

describe('set by a sign-in', () => {
  it('is the token, for the paths of the protocol only, until the token expires', async () => {
    const answer = await signIn(server, credentials());
    const expires = new Date(Number(claimsOf(answer.body.token).exp) * 1000);
    const hidden = { httpOnly: true, sameSite: 'strict' };
    const expected = paths.map((path) => ({ name: 'token', value: answer.body.token, path, expires, ...hidden }));
    expect(cookiesOf(answer)).toEqual(expected);
  });

  it('is for https only if the client uses https', async () => {
    const answer = await signIn(server, credentials(), { 'x-forwarded-proto': 'https' });
    expect(cookiesOf(answer).map(({ secure }) => secure)).toEqual([true, true]);
  });

  it("ignores a client's claim of https without a proxy", async () => {
    const direct = await startTestServer();
    try {
      const admin = { email: 'admin@localhost', password: 'correct horse battery' };
      const answer = await signIn(direct, admin, { 'x-forwarded-proto': 'https' });
      expect(cookiesOf(answer).map(({ secure }) => secure)).toEqual([undefined, undefined]);
    } finally {
      await direct.stop();
    }
  });

  it('is set by a sign-up too, and by no refusal', async () => {
    const input = { name: 'Carol', email: 'carol@example.com', password: 'correct horse battery' };
    expect(cookiesOf(await signUp(server, input)).map(({ path }) => path)).toEqual(paths);
    expect(cookiesOf(await signUp(server, input))).toEqual([]);
    expect(cookiesOf(await signIn(server, { ...credentials(), password: 'a wrong one' }))).toEqual([]);
  });

  it('is not set for pages of other servers, which could sign in their visitors as another user', async () => {
    const elsewhere: Headers[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of elsewhere) {
      const answer = await signIn(server, credentials(), headers);
      expect([answer.status, cookiesOf(answer)]).toEqual([200, []]);
    }
    expect(cookiesOf(await signIn(server, credentials(), { origin: server.url }))).toHaveLength(2);
  });
});

it('is deleted by the sign-out', async () => {
  const answer = await call(server, 'GET', '/api/v1/auths/signout', { headers: { cookie } });
  expect(statusAndBody(answer)).toEqual([200, { status: true }]);
  const gone = { name: 'token', value: '', expires: new Date(0), httpOnly: true, sameSite: 'strict' };
  expect(cookiesOf(answer)).toEqual(paths.map((path) => ({ ...gone, path })));
  expect((await call(server, 'GET', '/api/v1/auths/signout')).status).toBe(200);
});

it.each([
  ['another server', { origin: 'https://evil.example' }],
  ['a page without an origin', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another host of the site', { 'sec-fetch-site': 'same-site' }],
  ['the address bar', { 'sec-fetch-site': 'none' }],
])('is not deleted if %s requests the sign-out', async (_, headers) => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await call(server, method, '/api/v1/auths/signout', { headers: { cookie, ...headers } });
    expect([answer.status, cookiesOf(answer)]).toEqual([200, []]);
  }
});

it('is deleted if a page of this server requests it', async () => {
  const saidBy: Headers[] = [{ 'sec-fetch-site': 'same-origin' }, { origin: server.url }];
  for (const headers of saidBy)
    expect(cookiesOf(await call(server, 'GET', '/api/v1/auths/signout', { headers }))).toHaveLength(2);
});

describe('as credentials', () => {
  it('allows reads from pages of every origin', async () => {
    for (const origin of [undefined, server.url, 'https://evil.example']) {
      const headers = { cookie, ...(origin === undefined ? {} : { origin }) };
      expect((await whoAmI(server, { headers })).body.id).toBe(alice.id);
    }
  });

  const write = (headers: Headers, path = '/api/v1/prompts/create') =>
    call(server, 'POST', path, { json: {}, headers: { cookie, ...headers } });

  it('allows writes from a page of this server', async () => {
    expect((await write({ origin: server.url })).status).toBe(422);
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(422);
    expect((await write({ origin: server.url }, '/api/prompts/create')).status).toBe(422);
    const behindProxy = { origin: 'https://prompts.example', 'x-forwarded-host': 'prompts.example' };
    expect((await write(behindProxy)).status).toBe(422);
  });

  it.each([
    ['nobody', {}],
    ['another server', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['another server, whatever else it says', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the site', { 'sec-fetch-site': 'same-site' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('refuses writes from %s', async (_, headers) => {
    expect(statusAndBody(await write(headers))).toEqual(detailOf(401, refusals.missing));
  });

  it('is ignored on /v1', async () => {
    expect((await call(server, 'GET', '/v1/me', { headers: { cookie } })).status).toBe(401);
  });
});
