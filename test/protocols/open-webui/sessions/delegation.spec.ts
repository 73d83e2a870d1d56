import { jest } from '@jest/globals';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { SessionTokenService } from '../../../../src/auth/credentials/session-token.service.js';
import { newApiKeySecret } from '../../../../src/auth/credentials/api-keys/api-key-secret.js';
import { readConfig } from '../../../../src/config/config.js';
import { startServer } from '../../../../src/app/server.js';
import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { type FakeOpenWebUi, json, knows, startFakeOpenWebUi } from './open-webui-server.js';
import { aForeignToken, type Headers, statusAndBody, refusals, detailOf, whoAmI } from './sessions.js';

const unavailable = 'The Open WebUI server that knows your account does not answer. Please try again in a moment.';
let other: FakeOpenWebUi;
let server: OpenTestServer;
let alice: TestUser;
beforeAll(async () => {
  other = await startFakeOpenWebUi();
  server = await startOpenTestServer({ OPENWEBUI_URL: `${other.url}/chat/` });
  alice = await aUser(server, { username: 'alice' });
});
afterAll(async () => {
  await server.stop();
  await other.stop();
});
beforeEach(() => {
  other.asked.length = 0;
  other.answer = json(401, { detail: '401 Unauthorized' });
});
afterEach(() => {
  jest.restoreAllMocks();
});

let count = 0;
/** A new token. */
const aToken = () => aForeignToken({ id: `u-${(count += 1)}`, exp: 4_102_444_800 });
const ask = (token: string) => whoAmI(server, { token });

const now = Date.now.bind(Date);
/** It is so much later than it is, as far as anything asks. */
function pass(seconds: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
}

it('is the user with the same address here, in upper or lower case', async () => {
  const token = aToken();
  other.answer = knows('ALICE@example.com');
  const { status, body } = await ask(token);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: alice.id, email: alice.email, role: 'user', token, expires_at: 4_102_444_800 });
  expect(other.asked).toEqual([{ path: '/chat/api/v1/auths/', authorization: `Bearer ${token}` }]);
});

it('has the rights of the user here, not those of the user there', async () => {
  other.answer = knows(alice.email, 'admin');
  expect((await ask(aToken())).body.role).toBe('user');
  other.answer = knows('admin@localhost');
  expect((await ask(aToken())).body.role).toBe('admin');
});

it('is accepted in x-api-key and in the cookie', async () => {
  other.answer = knows(alice.email);
  const places: Headers[] = [{ 'x-api-key': aToken() }, { cookie: `token=${aToken()}` }, { 'x-api-key': 'sk-1234' }];
  for (const headers of places) {
    expect((await whoAmI(server, { headers })).body.id).toBe(alice.id);
  }
});

it('is accepted on this protocol only', async () => {
  other.answer = knows(alice.email);
  const token = aToken();
  expect((await ask(token)).status).toBe(200);
  expect((await call(server, 'GET', '/v1/me', { token })).status).toBe(401);
  expect((await call(server, 'GET', '/api/token/userInfo', { xAuthorization: token })).status).toBe(401);
  expect((await call(server, 'GET', '/api/v1/groups/', { token })).status).toBe(200);
  expect(other.asked).toHaveLength(1);
});

describe('the other server is asked', () => {
  it('once a minute about a valid token', async () => {
    other.answer = knows(alice.email);
    const token = aToken();
    for (let turn = 0; turn < 3; turn += 1) expect((await ask(token)).status).toBe(200);
    pass(55);
    expect((await ask(token)).status).toBe(200);
    expect(other.asked).toHaveLength(1);
    other.answer = json(401, {});
    pass(65);
    expect((await ask(token)).status).toBe(401);
    expect(other.asked).toHaveLength(2);
  });

  it('once in ten seconds about an invalid one', async () => {
    const token = aToken();
    for (let turn = 0; turn < 3; turn += 1)
      expect(statusAndBody(await ask(token))).toEqual(detailOf(401, refusals.bad));
    expect(other.asked).toHaveLength(1);
    other.answer = knows(alice.email);
    pass(11);
    expect((await ask(token)).status).toBe(200);
    expect(other.asked).toHaveLength(2);
  });

  it('once for all concurrent requests with a token', async () => {
    other.answer = (response) => void sleep(200).then(() => knows(alice.email)(response));
    const token = aToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(other.asked).toHaveLength(1);
  });

  it('about each token separately', async () => {
    const [good, bad] = [aToken(), aToken()];
    other.answer = knows(alice.email);
    await ask(good);
    other.answer = json(403, {});
    expect((await ask(bad)).status).toBe(401);
    expect((await ask(good)).status).toBe(200);
  });

  it('over a few connections for any number of guessed tokens', async () => {
    let open = 0;
    let most = 0;
    other.answer = (response) => {
      most = Math.max(most, (open += 1));
      void sleep(20).then(() => {
        open -= 1;
        json(401, {})(response);
      });
    };
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(aToken())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(most).toBeLessThanOrEqual(8);
  });

  it('not about keys and sessions of this server, valid or not', async () => {
    other.answer = knows('admin@localhost');
    const sessions = server.app.get(SessionTokenService, { strict: false });
    const claims = { userId: alice.id, passwordVersion: 1, keyId: undefined };
    const ended = await sessions.issue(claims, -1);
    const older = await sessions.issue({ ...claims, passwordVersion: 0 });
    expect((await ask(alice.key)).body.id).toBe(alice.id);
    for (const token of [ended.token, older.token, newApiKeySecret(), `${alice.key}x`]) {
      expect(statusAndBody(await ask(token))).toEqual(detailOf(401, refusals.bad));
    }
    expect(other.asked).toEqual([]);
  });

  it('not about texts that cannot be tokens', async () => {
    other.answer = knows(alice.email);
    const impossible: Headers[] = [
      { cookie: 'token=a%0d%0aX-Evil:%20yes' },
      { cookie: 'token=%E2%82%AC' },
      { authorization: 'Bearer <script>' },
      { authorization: `Bearer ${'x'.repeat(9000)}` },
    ];
    for (const headers of impossible) {
      expect(statusAndBody(await whoAmI(server, { headers }))).toEqual(detailOf(401, refusals.bad));
    }
    expect(other.asked).toEqual([]);
  });
});

describe('users', () => {
  it('who do not exist here are unknown, until they do', async () => {
    other.answer = knows('bob@example.com');
    const token = aToken();
    expect(statusAndBody(await ask(token))).toEqual(detailOf(401, refusals.unknown));
    await aUser(server, { username: 'bob' });
    expect((await ask(token)).body.name).toBe('bob');
  });

  it('who are pending there are not signed in', async () => {
    other.answer = knows(alice.email, 'pending');
    expect(statusAndBody(await ask(aToken()))).toEqual(detailOf(401, refusals.bad));
  });

  it('who are pending here see themselves only', async () => {
    await aUser(server, { username: 'carol', role: 'pending' });
    other.answer = knows('carol@example.com');
    const token = aToken();
    expect((await ask(token)).body.role).toBe('pending');
    const groups = await call(server, 'GET', '/api/v1/groups/', { token });
    expect(statusAndBody(groups)).toEqual(detailOf(401, refusals.prohibited));
  });
});

describe('when the other server', () => {
  it.each([
    ['fails', json(500, {})],
    ['is at its limit', json(429, {})],
    ['is none of Open WebUI', json(404, {})],
    ['sends elsewhere', (response) => void response.writeHead(302, { location: '/login' }).end()],
    ['answers with a page', (response) => void response.end('<html></html>')],
    ['answers with something else', json(200, { email: 7, role: 'user' })],
    ['answers without end', json(200, { email: 'alice@example.com', role: 'user', rest: 'x'.repeat(1_000_000) })],
    ['hangs up', (response) => response.destroy()],
  ] as [string, FakeOpenWebUi['answer']][])('%s, users are not told to sign in again', async (_, answer) => {
    other.answer = answer;
    const token = aToken();
    const refused = await ask(token);
    expect(statusAndBody(refused)).toEqual(detailOf(503, unavailable));
    expect(refused.headers.get('retry-after')).toBe('5');
    other.answer = knows(alice.email);
    expect((await ask(token)).status).toBe(200);
  });

  it('does not answer, the error comes after five seconds', async () => {
    other.answer = () => undefined;
    const start = performance.now();
    expect(statusAndBody(await ask(aToken()))).toEqual(detailOf(503, unavailable));
    expect(performance.now() - start).toBeGreaterThan(4_500);
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('is unavailable, its known users and all local users continue to work', async () => {
    const here = await startFakeOpenWebUi();
    const follower = await startOpenTestServer({ OPENWEBUI_URL: here.url });
    try {
      here.answer = knows('admin@localhost');
      const token = aToken();
      expect((await whoAmI(follower, { token })).status).toBe(200);
      await here.stop();
      expect((await whoAmI(follower, { token })).status).toBe(200);
      expect((await whoAmI(follower, { token: follower.adminKey })).status).toBe(200);
      expect(statusAndBody(await whoAmI(follower, { token: aToken() }))).toEqual(detailOf(503, unavailable));
    } finally {
      await follower.stop();
    }
  });
});

it('writes no token to the log', async () => {
  const lines: string[] = [];
  const log = new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) });
  const settings = { ...server.environment, OPENWEBUI_URL: other.url, LOG_LEVEL: 'trace' };
  const unavailableServer = await startServer(readConfig(settings), pino({ level: 'trace' }, log));
  const token = aToken();
  try {
    other.answer = json(500, { detail: 'no' });
    expect((await whoAmI({ url: unavailableServer.address }, { token })).status).toBe(503);
    other.answer = (response) => response.destroy();
    expect((await whoAmI({ url: unavailableServer.address }, { token })).status).toBe(503);
  } finally {
    await unavailableServer.stop();
  }
  expect(lines.join('')).toContain('does not answer');
  expect(lines.join('')).not.toContain(token);
});
