import { type ApiAnswer, call, eventually } from '../support/api.js';
import { aKey, aUser, keySessionOf, sessionOf, type TestUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const day = 24 * 60 * 60 * 1000;
const within = (ms: number) => new Date(Date.now() + ms);
/** Longer than another process takes to hear of a change, on a busy machine. */
const patienceMs = 30_000;

let server: TestServer;
/** Another process on the same database. */
let other: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  other = await startTestServer({ DATABASE_URL: server.environment.DATABASE_URL, DATA_DIR: server.dataDirectory });
  alice = await aUser(server, { username: 'alice' });
});
afterAll(async () => {
  await other.stop();
  await server.stop();
});

const create = (token: string, json: object = {}) =>
  call(server, 'POST', '/v1/api-keys', { token, json: { name: 'child', ...json } });
const revoke = (token: string, id: string) => call(server, 'DELETE', `/v1/api-keys/${id}`, { token });
const list = (token: string) => call(server, 'GET', '/v1/api-keys', { token });
const statusOf = async (token: string, at = server) => (await call(at, 'GET', '/v1/me', { token })).status;
const created = async (answer: Promise<ApiAnswer>) => {
  const { status, body, text } = await answer;
  if (status !== 201) throw new Error(text);
  return body;
};

/** The kinds of credentials that have a key's rights. */
const variants: readonly [string, (key: string) => Promise<string>][] = [
  ['the key', (key) => Promise.resolve(key)],
  ['a token made from it', (key) => keySessionOf(server, key)],
];

describe.each(variants)('with %s', (_way, use) => {
  it.each([
    [null, null, null],
    [null, 30 * day, 30 * day],
    [10 * day, null, 10 * day],
    [10 * day, 10 * day, 10 * day],
    [10 * day, 5 * day, 5 * day],
  ])(
    'a key that expires in %p ms limits a new key that should expire in %p ms to %p ms',
    async (parents, asked, childs) => {
      const start = Date.now();
      const at = (ms: number | null) => (ms === null ? null : new Date(start + ms));
      const parent = await aKey(server, alice.id, parents === null ? {} : { expiresAt: new Date(start + parents) });
      const child = await created(create(await use(parent), { expires_at: at(asked)?.toISOString() }));
      expect(child['expires_at']).toBe(at(childs)?.toISOString() ?? null);
    },
  );

  it('a key cannot create one that expires later', async () => {
    const expiresAt = within(10 * day);
    const parent = await aKey(server, alice.id, { expiresAt });
    const expires_at = new Date(expiresAt.getTime() + 1).toISOString();
    const { status, body } = await create(await use(parent), { expires_at });
    const problem = `must not be after ${expiresAt.toISOString()}, when the key ends that this one is made with`;
    expect([status, body]).toEqual([
      422,
      { error: 'VALIDATION_ERROR', message: 'validation failed', details: { expires_at: problem } },
    ]);
  });

  it('the revocation of a key ends all keys and sessions created with it at once, on every process', async () => {
    const parent = await created(create(alice.key));
    const child = await created(create(await use(parent.key)));
    const grandchild = await created(create(await use(child.key)));
    const stranger = await created(create(alice.key));
    const family = [parent.key, child.key, grandchild.key];
    const sessions = await Promise.all(family.map((key) => keySessionOf(server, key)));
    const tokens = [...family, ...sessions];
    const statuses = (at: TestServer) => Promise.all(tokens.map((token) => statusOf(token, at)));
    expect([...(await statuses(server)), ...(await statuses(other))]).toEqual(Array<number>(12).fill(200));

    expect((await revoke(alice.key, parent.id)).status).toBe(204);
    expect(await statuses(server)).toEqual(Array<number>(6).fill(401));
    const elsewhere = await eventually(
      () => statuses(other),
      (found) => found.every((status) => status === 401),
      patienceMs,
    );
    expect(elsewhere).toEqual(Array<number>(6).fill(401));
    expect(await statusOf(stranger.key)).toBe(200);
    const listed = (await list(alice.key)).body.items.map(({ id }) => id);
    expect(listed.filter((id) => [parent.id, child.id, grandchild.id].includes(id))).toEqual([]);
  });

  it('the revocation of a key in the middle ends the keys below it, and none above', async () => {
    const parent = await created(create(alice.key));
    const child = await created(create(await use(parent.key)));
    const grandchild = await created(create(await use(child.key)));
    expect((await revoke(alice.key, child.id)).status).toBe(204);
    expect(await Promise.all([parent, child, grandchild].map(({ key }) => statusOf(key)))).toEqual([200, 401, 401]);
  });

  it('the list names the key that each key was created with', async () => {
    const parent = await created(create(alice.key));
    const child = await created(create(await use(parent.key)));
    const items = (await list(alice.key)).body.items;
    expect(items.find(({ id }) => id === child.id)?.['parent_id']).toBe(parent.id);
  });
});

it('a key that was created with a log-in has no parent', async () => {
  const child = await created(create(await sessionOf(server, alice)));
  expect(child).not.toHaveProperty('parent_id');
});

it('keys from before parents were recorded stay valid', async () => {
  const [parent, orphan] = [await created(create(alice.key)), await aKey(server, alice.id)];
  await revoke(alice.key, parent.id);
  expect(await statusOf(orphan)).toBe(200);
});

it('records each key that ends with another', async () => {
  const parent = await created(create(alice.key));
  const child = await created(create(parent.key));
  await revoke(alice.key, parent.id);
  const { body } = await call(server, 'GET', '/v1/audit?action=key.revoke&limit=2', { token: server.adminKey });
  const acts = body.items.map(({ subject, details }) => [subject, details] as const);
  expect(new Map(acts)).toEqual(
    new Map<unknown, object>([
      [parent.id, { name: 'child' }],
      [child.id, { name: 'child', with: parent.id }],
    ]),
  );
});

it('no key survives that is created while its parent is being revoked, in ten rounds', async () => {
  for (let round = 0; round < 10; round += 1) {
    const parent = await created(create(alice.key));
    const child = await created(create(parent.key));
    const [, ...born] = await Promise.all([
      revoke(alice.key, parent.id),
      ...Array.from({ length: 4 }, () => create(child.key)),
    ]);
    const keys = born.filter(({ status }) => status === 201).map(({ body }) => body.key);
    expect(await Promise.all(keys.map((key) => statusOf(key)))).toEqual(keys.map(() => 401));
    expect(born.map(({ status }) => status).filter((status) => ![201, 401].includes(status))).toEqual([]);
  }
});

it('a token expires no later than the key that it is created from', async () => {
  const expiresAt = within(90_000);
  const token = await keySessionOf(server, await aKey(server, alice.id, { expiresAt }));
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  expect(exp * 1000).toBeLessThanOrEqual(expiresAt.getTime());
  expect(exp * 1000).toBeGreaterThan(expiresAt.getTime() - 1_001);
});

describe('the list', () => {
  const listed = async (token: string, name: string) =>
    (await list(token)).body.items.find((item) => item.name === name);

  it.each([
    [null, false],
    [8 * day, false],
    [7 * day + 60_000, false],
    [7 * day - 1, true],
    [60_000, true],
  ])('warns of a key that ends in %p ms: %p', async (ms, soon) => {
    const user = await aUser(server);
    const expires_at = ms === null ? null : within(ms).toISOString();
    await created(create(await sessionOf(server, user), { name: 'watched', expires_at }));
    expect((await listed(user.key, 'watched'))?.['expires_soon']).toBe(soon);
  });

  it.each(variants)('shows the hour in which %s was last used', async (_way, use) => {
    const user = await aUser(server);
    const session = await sessionOf(server, user);
    const { key } = await created(create(session, { name: 'watched' }));
    expect((await listed(session, 'watched'))?.['last_used_at']).toBeNull();
    const hours = [Date.now()];
    expect(await statusOf(await use(key))).toBe(200);
    hours.push(Date.now());
    const lastUse = await eventually(
      async () => (await listed(session, 'watched'))?.['last_used_at'],
      (time) => time !== null,
      patienceMs,
    );
    const hour = (time: number) => `${new Date(time).toISOString().slice(0, 13)}:00:00.000Z`;
    expect(hours.map(hour)).toContain(lastUse);
  });

  it('is updated at most once an hour by repeated use', async () => {
    const user = await aUser(server);
    const session = await sessionOf(server, user);
    const { id, key } = await created(create(session, { name: 'watched' }));
    const row = async () =>
      (await server.database.pool.query('select xmin::text, last_used_at from api_key where id = $1', [id])).rows[0];
    await statusOf(key);
    const first = await eventually(row, ({ last_used_at }) => last_used_at !== null, patienceMs);
    await Promise.all(Array.from({ length: 50 }, () => statusOf(key)));
    // The other process notes its own uses, and finds that the hour is known.
    await statusOf(key, other);
    const { key: marker } = await created(create(session, { name: 'marker' }));
    for (const at of [server, other]) await statusOf(marker, at);
    await eventually(
      async () => (await listed(session, 'marker'))?.['last_used_at'],
      (time) => time !== null,
      patienceMs,
    );
    const second = await row();
    const isSameHour = String(second.last_used_at) === String(first.last_used_at);
    expect(isSameHour ? second.xmin : first.xmin).toBe(first.xmin);
  });
});
