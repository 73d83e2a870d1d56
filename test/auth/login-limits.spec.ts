import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/people.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

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

const login = (json: object, address: string) =>
  call(server, 'POST', '/v1/auth/login', { json, headers: { 'x-forwarded-for': address } });
const fail = (who: object, address: string) => login({ ...who, password: 'a wrong one' }, address);
const limited = { error: 'RATE_LIMITED', message: 'too many failed log-ins' };

async function failures(attempts: number, attempt: () => ReturnType<typeof fail>): Promise<number[]> {
  const statuses = [];
  for (let index = 0; index < attempts; index += 1) statuses.push((await attempt()).status);
  return statuses;
}

const allowed = Array.from({ length: limit }, () => 401);

it('limits failures of one account from many addresses, the right password included', async () => {
  expect(await failures(limit, () => fail({ username: 'alice' }, newAddress()))).toEqual(allowed);
  const { status, body, headers } = await login({ username: 'alice', password: alice.password }, newAddress());
  expect([status, body]).toEqual([429, limited]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
});

it('counts an account under its name, in any case, and its address together', async () => {
  const names = [{ username: 'alice' }, { email: 'alice@example.com' }, { username: 'Alice' }];
  let turn = 0;
  const attempt = () => fail(names[(turn += 1) % names.length] ?? {}, newAddress());
  expect(await failures(limit + 1, attempt)).toEqual([...allowed, 429]);
});

it('limits failures of one address with many accounts', async () => {
  const address = newAddress();
  let turn = 0;
  expect(await failures(limit, () => fail({ username: `guess-${(turn += 1)}` }, address))).toEqual(allowed);
  expect((await login({ username: 'alice', password: alice.password }, address)).status).toBe(429);
  expect((await login({ username: 'alice', password: alice.password }, newAddress())).status).toBe(200);
});

it('limits accounts that do not exist just the same', async () => {
  expect(await failures(limit + 1, () => fail({ username: 'nobody' }, newAddress()))).toEqual([...allowed, 429]);
});

it('does not count what succeeds', async () => {
  const address = newAddress();
  const succeed = () => login({ username: 'alice', password: alice.password }, address);
  const statuses = await failures(limit * 2, succeed);
  expect(statuses).toEqual(statuses.map(() => 200));
});

it('lets no more through when they all come at once', async () => {
  const attempts = Array.from({ length: 30 }, () => fail({ username: 'alice' }, newAddress()));
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(limit);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30 - limit);
});

it('opens again when the minute is over', async () => {
  await failures(limit + 1, () => fail({ username: 'alice' }, newAddress()));
  await server.database.pool.query(`update login_failure set window_start = window_start - interval '60 seconds'`);
  expect((await login({ username: 'alice', password: alice.password }, newAddress())).status).toBe(200);
});
