import { type ApiAnswer, call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const limit = 6;
const settings = { LOGIN_ATTEMPTS_PER_MINUTE: String(limit), TRUST_PROXY: '1' };
let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer(settings);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.database.pool.query('delete from login_failure');
  alice = await aUser(server);
});

let lastAddress = 0;
const newAddress = () => `192.0.2.${(lastAddress += 1)}`;
const wrong = 'a wrong one';

interface Login {
  readonly username?: string;
  readonly email?: string;
  readonly password?: string;
}

const login = (json: Login, address: string) =>
  call(server, 'POST', '/v1/auth/login', { json, headers: { 'x-forwarded-for': address } });
const fail = (who: Login, address: string) => login({ ...who, password: wrong }, address);
const failAsAlice = (address: string) => fail({ username: alice.username }, address);
const succeed = (address: string) => login({ username: alice.username, password: alice.password }, address);
const limited = { error: 'RATE_LIMITED', message: 'too many failed log-ins' };

async function statuses(attempts: number, attempt: (index: number) => Promise<ApiAnswer>): Promise<number[]> {
  const all = [];
  for (let index = 0; index < attempts; index += 1) all.push((await attempt(index)).status);
  return all;
}

const allowed = Array.from({ length: limit }, () => 401);
const passTheMinute = () =>
  server.database.pool.query(`update login_failure set window_start = window_start - interval '60 seconds'`);

/** The ways in: one limit holds for all of them. */
const variants: readonly [string, string, (who: TestUser, password: string) => object][] = [
  ['/v1 by name', '/v1/auth/login', ({ username }, password) => ({ username, password })],
  ['/v1 by address', '/v1/auth/login', ({ email }, password) => ({ email, password })],
  ['Conductor', '/api/token', ({ email }, password) => ({ email, password })],
  ['Open WebUI', '/api/v1/auths/signin', ({ email }, password) => ({ email, password })],
];

describe.each(variants)('on %s', (_name, path, form) => {
  const attempt = (password: string, address: string) =>
    call(server, 'POST', path, { json: form(alice, password), headers: { 'x-forwarded-for': address } });

  it('limits one account from one address, even with the correct password, and says until when', async () => {
    const address = newAddress();
    const failures = await statuses(limit, () => attempt(wrong, address));
    expect(failures).not.toContain(429);
    const { status, headers } = await attempt(alice.password, address);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('accepts the correct password from another address while one address guesses', async () => {
    const stranger = newAddress();
    await statuses(limit * 3, () => attempt(wrong, stranger));
    expect((await attempt(alice.password, newAddress())).status).toBe(200);
  });

  it('always accepts the correct password from an address of an earlier log-in', async () => {
    const home = newAddress();
    expect((await attempt(alice.password, home)).status).toBe(200);
    await statuses(limit * 3, () => attempt(wrong, newAddress()));
    expect(await statuses(limit * 2, () => attempt(wrong, home))).toEqual(expect.arrayContaining([429]));
    expect((await attempt(alice.password, home)).status).toBe(200);
  });

  it('limits many addresses together, but no address of an earlier log-in', async () => {
    const home = newAddress();
    expect((await attempt(alice.password, home)).status).toBe(200);
    const failures = await statuses(limit, () => attempt(wrong, newAddress()));
    expect(failures).not.toContain(429);
    expect((await attempt(alice.password, newAddress())).status).toBe(429);
    expect((await attempt(alice.password, home)).status).toBe(200);
  });
});

it('answers the limit in the usual form of an error', async () => {
  const address = newAddress();
  await statuses(limit, () => failAsAlice(address));
  expect((await failAsAlice(address)).body).toEqual(limited);
});

it('counts an account under its name, in any case, and its address together', async () => {
  const { username, email } = alice;
  const names = [{ username }, { email }, { username: username.toUpperCase() }];
  const attempt = (turn: number) => fail(names[turn % names.length] ?? {}, newAddress());
  expect(await statuses(limit + 1, attempt)).toEqual([...allowed, 429]);
});

it('limits failures of one address with many accounts, but not where the account is known', async () => {
  const address = newAddress();
  const bob = await aUser(server);
  expect((await login({ username: bob.username, password: bob.password }, address)).status).toBe(200);
  expect(await statuses(limit, (turn) => fail({ username: `guess-${turn}` }, address))).toEqual(allowed);
  expect((await succeed(address)).status).toBe(429);
  expect((await login({ username: bob.username, password: bob.password }, address)).status).toBe(200);
  expect((await succeed(newAddress())).status).toBe(200);
});

it('does not count failures of one account against another account at the same address', async () => {
  const address = newAddress();
  expect(await statuses(limit + 1, () => fail({ username: 'somebody-else' }, address))).toEqual([...allowed, 429]);
  expect((await succeed(address)).status).toBe(200);
});

it('limits missing accounts in the same way', async () => {
  const address = newAddress();
  const [real, none] = [{ username: alice.username }, { username: 'no-such-user' }];
  const patterns = [];
  for (const who of [real, none]) {
    const single = await statuses(limit + 2, () => fail(who, address));
    const many = await statuses(limit + 2, () => fail(who, newAddress()));
    patterns.push([single, many]);
    await passTheMinute();
  }
  expect(patterns[0]).toEqual(patterns[1]);
  expect(patterns[0]?.flat()).toContain(429);
});

it.each([
  ['2001:db8:1:1::1', '2001:db8:1:1:ffff::2', 429],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', 401],
])('counts %s and %s as one address or two', async (one, other, status) => {
  await statuses(limit, () => failAsAlice(one));
  expect((await failAsAlice(other)).status).toBe(status);
});

it('identifies an IPv6 address by its network', async () => {
  expect((await succeed('2001:db8:2:1::1')).status).toBe(200);
  await statuses(limit, () => failAsAlice(newAddress()));
  expect((await succeed('2001:db8:2:1:abcd::9')).status).toBe(200);
});

it('does not count successful log-ins', async () => {
  const address = newAddress();
  const all = await statuses(limit * 2, () => succeed(address));
  expect(all).toEqual(all.map(() => 200));
});

it('holds the limit when all attempts come at the same time', async () => {
  for (const address of [() => newAddress(), () => '198.51.100.1']) {
    await server.database.pool.query('delete from login_failure');
    const all = (await Promise.all(Array.from({ length: 30 }, () => failAsAlice(address())))).map(
      ({ status }) => status,
    );
    expect(all.filter((status) => status === 401)).toHaveLength(limit);
    expect(all.filter((status) => status === 429)).toHaveLength(30 - limit);
  }
});

it("accepts the owner's log-in during hundreds of guesses, from many addresses and from the same one", async () => {
  const home = newAddress();
  expect((await succeed(home)).status).toBe(200);
  const guesses = Array.from({ length: 200 }, (_, index) => failAsAlice(index % 2 ? home : newAddress()));
  const owner = await succeed(home);
  await Promise.all(guesses);
  expect(owner.status).toBe(200);
  expect((await succeed(home)).status).toBe(200);
});

it('ends when the minute is over', async () => {
  await statuses(limit + 1, () => failAsAlice(newAddress()));
  await passTheMinute();
  expect((await succeed(newAddress())).status).toBe(200);
});

describe('the addresses of successful log-ins', () => {
  const stored = async () => {
    const { rows } = await server.database.pool.query<{ address: Buffer }>(
      'select address from login_address where account_id = $1',
      [alice.id],
    );
    return rows.map(({ address }) => address);
  };

  it('are known to every server of the database, and after a restart', async () => {
    const home = newAddress();
    await succeed(home);
    const { startCompiledServer } = globalThis;
    const other = await startCompiledServer({ ...server.environment, JWT_SECRET: undefined });
    await statuses(limit, () => failAsAlice(newAddress()));
    const json = { username: alice.username, password: alice.password };
    const from = (address: string) =>
      call({ url: other.address }, 'POST', '/v1/auth/login', { json, headers: { 'x-forwarded-for': address } });
    expect([(await from(newAddress())).status, (await from(home)).status]).toEqual([429, 200]);
    await other.stop();
  });

  it('are stored as hashes', async () => {
    await succeed('198.51.100.77');
    const [address, ...more] = await stored();
    expect([address?.length, more]).toEqual([16, []]);
  });

  it('are limited to the last fifty', async () => {
    const first = newAddress();
    await succeed(first);
    await server.database.pool.query(
      `update login_address set used_at = used_at - interval '1 hour' where account_id = $1`,
      [alice.id],
    );
    const later = Array.from({ length: 50 }, () => newAddress());
    for (const address of later) await succeed(address);
    expect(await stored()).toHaveLength(50);
    await statuses(limit, () => failAsAlice(newAddress()));
    expect((await succeed(first)).status).toBe(429);
    expect((await succeed(later[0] ?? '')).status).toBe(200);
  });

  it('are deleted after ninety days without a log-in', async () => {
    const home = newAddress();
    await succeed(home);
    await server.database.pool.query(`update login_address set used_at = now() - interval '91 days'`);
    await statuses(limit, () => failAsAlice(newAddress()));
    expect((await succeed(home)).status).toBe(429);
  });

  it('are deleted when the password changes, except the address of that change', async () => {
    const [home, elsewhere] = [newAddress(), newAddress()];
    for (const address of [home, elsewhere]) await succeed(address);
    const json = { current_password: alice.password, new_password: 'another good password' };
    const headers = { 'x-forwarded-for': home };
    const changed = await call(server, 'POST', '/v1/me/password', { token: alice.key, json, headers });
    expect(changed.status).toBe(204);
    await statuses(limit, () => failAsAlice(newAddress()));
    const again = (address: string) => login({ username: alice.username, password: json.new_password }, address);
    expect([(await again(elsewhere)).status, (await again(home)).status]).toEqual([429, 200]);
  });

  it('are deleted when an administrator sets a password', async () => {
    const home = newAddress();
    await succeed(home);
    const json = { password: 'a password of the admin' };
    expect((await call(server, 'PATCH', `/v1/users/${alice.id}`, { token: server.adminKey, json })).status).toBe(200);
    expect(await stored()).toEqual([]);
  });
});

it('limits guesses of the current password with a key or a session', async () => {
  const json = { current_password: wrong, new_password: 'another good password' };
  const address = newAddress();
  const change = () =>
    call(server, 'POST', '/v1/me/password', { token: alice.key, json, headers: { 'x-forwarded-for': address } });
  expect(await statuses(limit + 1, change)).toEqual([...allowed, 429]);
});
