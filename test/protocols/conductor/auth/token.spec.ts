import { type ApiAnswer, call } from '../../../support/api.js';
import { aKey, aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aKeyPair, exchange, expectRefused, type KeyPair, tokenFor, userInfo } from './token-calls.js';

const limit = 5;
let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer({ LOGIN_ATTEMPTS_PER_MINUTE: String(limit), TRUST_PROXY: 'true' });
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());
beforeEach(() => server.database.pool.query('delete from login_failure'));

let lastAddress = 0;
const newAddress = () => `192.0.2.${(lastAddress += 1)}`;

/** The seconds from a token's making to its end. */
function lifetimeOf(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, number>;
  return (claims.exp ?? 0) - (claims.iat ?? 0);
}

describe('POST /api/token', () => {
  it('returns only a token for a key’s id and secret', async () => {
    const pair = await aKeyPair(server, alice);
    const { status, body, headers } = await exchange(server, pair);
    expect([status, Object.keys(body)]).toEqual([200, ['token']]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect((await userInfo(server, body.token)).body.id).toBe('alice');
  });

  it('returns a token for an email address and a password', async () => {
    const token = await tokenFor(server, { email: alice.email, password: alice.password });
    expect((await userInfo(server, token)).body.id).toBe('alice');
  });

  it('treats null fields as left out', async () => {
    const pair = await aKeyPair(server, alice);
    const login = { email: alice.email, password: alice.password };
    expect((await exchange(server, { ...pair, email: null, password: null, expiration: null })).status).toBe(200);
    expect((await exchange(server, { ...login, keyId: null, keySecret: null, expiration: 0 })).status).toBe(200);
  });

  it('returns another token each time, also within one second', async () => {
    const pair = await aKeyPair(server, alice);
    const tokens = await Promise.all(Array.from({ length: 5 }, () => tokenFor(server, pair)));
    expect(new Set(tokens).size).toBe(5);
  });

  it('returns a token with the rights of the key, which ends with the key', async () => {
    const pair = await aKeyPair(server, alice, { scopes: ['prompts:read'] });
    const token = await tokenFor(server, pair);
    const make = await call(server, 'POST', '/v1/prompts', { token, json: { name: 'made', description: '' } });
    expect([make.status, make.body.message]).toEqual([403, 'missing scope']);
    await call(server, 'DELETE', `/v1/api-keys/${pair.keyId}`, { token: alice.key });
    expectRefused(await userInfo(server, token), 'INVALID_TOKEN');
    expectRefused(await exchange(server, pair), undefined);
  });

  it('returns a token with the binding of the key', async () => {
    const token = await tokenFor(server, await aKeyPair(server, alice, { owner: 'alice' }));
    const json = { name: 'made', description: '', owner: 'workspace' };
    const { status, body } = await call(server, 'POST', '/v1/prompts', { token, json });
    expect([status, body.message]).toEqual([403, 'the API key is bound to another owner or prompt']);
  });

  it.each([
    [undefined, 3600],
    [60_000, 60],
    [1500, 2],
    [1, 1],
    [-1, 86_400],
    [86_400_000, 86_400],
    [86_400_001, 86_400],
    [Number.MAX_SAFE_INTEGER, 86_400],
  ])('with an expiration of %s ms returns a token for %i s', async (expiration, seconds) => {
    const pair = await aKeyPair(server, alice);
    expect(lifetimeOf(await tokenFor(server, { ...pair, expiration }))).toBe(seconds);
    const login = { email: alice.email, password: alice.password, expiration };
    expect(lifetimeOf(await tokenFor(server, login))).toBe(seconds);
  });

  it('has a lifetime of its own setting', async () => {
    const other = await startTestServer({ CONDUCTOR_TOKEN_TTL_SECONDS: '7' });
    try {
      const json = { email: 'admin@localhost', password: other.environment.ADMIN_PASSWORD };
      const { body } = await call(other, 'POST', '/api/token', { json });
      expect(lifetimeOf(body.token)).toBe(7);
    } finally {
      await other.stop();
    }
  });

  it('ignores a token in the request', async () => {
    const pair = await aKeyPair(server, alice);
    for (const stale of ['stale', 'a.b.c', 'pyd_wrong', '', 'Bearer x']) {
      expect((await exchange(server, pair, { 'x-authorization': stale })).status).toBe(200);
    }
    expect((await exchange(server, pair, { authorization: 'Bearer stale' })).status).toBe(200);
  });

  it.each([
    ['no label', undefined],
    ['a charset', 'application/json; charset=utf-8'],
    ['another label', 'application/x-www-form-urlencoded'],
    ['a label that is none', 'json'],
  ])('reads its body with %s', async (_what, type) => {
    const body = `${JSON.stringify(await aKeyPair(server, alice))}\n`;
    const stream = new Blob([body]).stream();
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    // As a stream: chunked, without a length, which is how the JavaScript client sends all that it sends.
    const chunked = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(`${server.url}/api/token`, chunked)).status).toBe(200);
  });

  it.each([
    ['an empty body', ''],
    ['no pair', '{}'],
    ['half a pair', '{"keyId":"a"}'],
    ['half of both pairs', '{"keyId":"a","password":"b"}'],
    ['empty fields', '{"keyId":"","keySecret":""}'],
    ['another type', '{"keyId":1,"keySecret":2}'],
    ['a text for the time', '{"keyId":"a","keySecret":"b","expiration":"soon"}'],
    ['no object', '[]'],
    ['broken JSON', '{'],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses %s with 400', async (_what, body) => {
    const answer = await call(server, 'POST', '/api/token', { body, headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.body.status, answer.body.error]).toEqual([400, 400, undefined]);
    expect(answer.body.message).toMatch(/^[a-zA-Z ]+/);
  });

  it('names missing fields', async () => {
    const { body } = await exchange(server, { keyId: 'a' });
    expect(body.message).toBe('keyId and keySecret are required, or email and password');
  });

  describe('refuses with 401, and without a code that would make a client try again,', () => {
    const wrongKey = (pair: KeyPair, other: KeyPair) => [
      { keyId: pair.keyId, keySecret: other.keySecret },
      { keyId: 'no-uuid', keySecret: pair.keySecret },
      { keyId: crypto.randomUUID(), keySecret: pair.keySecret },
      { keyId: pair.keyId, keySecret: `${pair.keySecret}x` },
      { keyId: pair.keyId, keySecret: 'secret' },
      { keyId: alice.username, keySecret: alice.password },
    ];

    it('another key’s id', async () => {
      const [pair, other] = [await aKeyPair(server, alice), await aKeyPair(server, alice)];
      for (const wrong of wrongKey(pair, other)) {
        const answer = await exchange(server, wrong, { 'x-forwarded-for': newAddress() });
        expectRefused(answer, undefined);
        expect(answer.body.message).toBe('invalid key id or secret');
      }
    });

    it('an expired key', async () => {
      const keySecret = await aKey(server, alice.id, { expiresAt: new Date(Date.now() - 1) });
      const { rows } = await server.database.pool.query<{ id: string }>(
        'select id from api_key where user_id = $1 and expires_at < now()',
        [alice.id],
      );
      expectRefused(await exchange(server, { keyId: rows[0]?.id, keySecret }), undefined);
    });

    it('a pending user', async () => {
      const guest = await aUser(server);
      const pair = await aKeyPair(server, guest);
      await server.database.pool.query(`update account set role = 'pending' where id = $1`, [guest.id]);
      expectRefused(await exchange(server, pair), undefined);
      expectRefused(await exchange(server, { email: guest.email, password: guest.password }), undefined);
    });

    it('a wrong password', async () => {
      expectRefused(await exchange(server, { email: alice.email, password: 'wrong' }), undefined);
    });
  });

  describe('limits failures', () => {
    const fail = (json: object, address: string) => exchange(server, json, { 'x-forwarded-for': address });

    async function statuses(attempts: number, attempt: () => Promise<ApiAnswer>): Promise<number[]> {
      const all = [];
      for (let index = 0; index < attempts; index += 1) all.push((await attempt()).status);
      return all;
    }
    const upToLimit = [...Array.from({ length: limit }, () => 401), 429];

    it('of one password, together with those on /v1', async () => {
      const guess = { email: alice.email, password: 'wrong' };
      expect(await statuses(limit + 1, () => fail(guess, newAddress()))).toEqual(upToLimit);
      const headers = { 'x-forwarded-for': newAddress() };
      const login = await call(server, 'POST', '/v1/auth/login', { json: guess, headers });
      expect(login.status).toBe(429);
    });

    it('of one key, in the form of the protocol', async () => {
      const { keyId } = await aKeyPair(server, alice);
      expect(await statuses(limit + 1, () => fail({ keyId, keySecret: 'x' }, newAddress()))).toEqual(upToLimit);
      const { body, headers } = await fail({ keyId, keySecret: 'x' }, newAddress());
      expect([body.status, body.message, body.retryable]).toEqual([429, 'too many failed log-ins', false]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('of one address, with any keys', async () => {
      const address = newAddress();
      const attempt = () => fail({ keyId: crypto.randomUUID(), keySecret: 'x' }, address);
      expect(await statuses(limit + 1, attempt)).toEqual(upToLimit);
    });

    it('but never refuses the correct key', async () => {
      const [pair, address] = [await aKeyPair(server, alice), newAddress()];
      await statuses(limit + 1, () => fail({ ...pair, keySecret: 'x' }, address));
      expect((await fail(pair, address)).status).toBe(200);
    });

    it('and counts no success, in any number at the same time', async () => {
      const [pair, address] = [await aKeyPair(server, alice), newAddress()];
      const answers = await Promise.all(Array.from({ length: limit * 4 }, () => fail(pair, address)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    });
  });
});
