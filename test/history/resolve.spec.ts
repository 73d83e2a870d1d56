import { call } from '../support/api.js';
import { aRevision, point, type Revision } from '../support/history.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
let revisions: Partial<Revision>[];
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  prompt = await aPrompt(server).ownedBy(alice).make();
  revisions = [];
  for (const text of ['One {{a}}', 'Two {{a}}', 'Three {{a}}', 'Four {{a}}']) {
    revisions.push(await aRevision(server, prompt, alice.key, text));
  }
  for (const [number, version] of Object.entries({ 1: '1.0.0', 2: '1.2.0', 3: '1.10.0', 4: '2.0.0' })) {
    const input = { token: alice.key, json: { version } };
    const { status, text } = await call(server, 'POST', `${prompt.path}/revisions/${number}/release`, input);
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => server.stop());

const resolve = (query = '', headers: Record<string, string> = {}) =>
  call(server, 'GET', `${prompt.path}/resolve${query}`, { headers });
const tagOf = (number: number) => `"${number}-${revisions[number - 1]?.digest}"`;

it('returns production by default', async () => {
  const { status, body, headers } = await resolve();
  const { labels: _labels, readme: _readme, ...first } = revisions[0] ?? {};
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      owner: alice.username,
      name: prompt.name,
      ...first,
      labels: ['production'],
      resolved_by: { label: 'production' },
    },
  });
  expect([headers.get('etag'), headers.get('cache-control'), headers.get('vary')]).toEqual([
    tagOf(1),
    'no-cache',
    'Authorization',
  ]);
});

it.each([
  ['?label=production', 1, { label: 'production' }],
  ['?label=latest', 4, { label: 'latest' }],
  ['?revision=3', 3, { revision: 3 }],
  ['?version=1.2.0', 2, { version: '1.2.0' }],
  ['?version=%5E1.2', 3, { range: '^1.2', version: '1.10.0' }],
  ['?version=~1.2', 2, { range: '~1.2', version: '1.2.0' }],
  ['?version=1', 3, { range: '1', version: '1.10.0' }],
  ['?version=*', 4, { range: '*', version: '2.0.0' }],
  ['?version=%3E%3D1.0.0%20%3C1.2.0', 1, { range: '>=1.0.0 <1.2.0', version: '1.0.0' }],
  ['?version=1.0.0%20%7C%7C%201.2.x', 2, { range: '1.0.0 || 1.2.x', version: '1.2.0' }],
])('resolves %s', async (query, number, resolvedBy) => {
  const { body } = await resolve(query);
  expect([body['number'], body['resolved_by']]).toEqual([number, resolvedBy]);
});

it.each(['?revision=2', '?version=1.2.0'])('lets %s be cached for a day, without fields that change', async (query) => {
  const { body, headers } = await resolve(query);
  expect(headers.get('cache-control')).toBe('public, max-age=86400, immutable');
  expect(body).not.toHaveProperty('labels');
  const moved = await point(server, prompt, alice.key, 'moved', { revision: 2 });
  expect(moved.status).toBe(200);
  expect((await resolve(query)).body).toEqual(body);
});

it('keeps private prompts out of shared caches', async () => {
  const hidden = await aPrompt(server).ownedBy(alice).private().make();
  await aRevision(server, hidden, alice.key, 'Secret');
  const cacheControl = async (query: string) =>
    (await call(server, 'GET', `${hidden.path}/resolve${query}`, { token: alice.key })).headers.get('cache-control');
  expect(await cacheControl('?revision=1')).toBe('private, max-age=86400, immutable');
  expect(await cacheControl('')).toBe('private, no-cache');
});

it('answers 304 to a client that has it, and the new revision at once after a move of the label', async () => {
  const held = { 'if-none-match': tagOf(1) };
  await point(server, prompt, alice.key, 'held', { revision: 1 });
  const same = await resolve('?label=held', held);
  expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', tagOf(1)]);
  await point(server, prompt, alice.key, 'held', { revision: 2 });
  const moved = await resolve('?label=held', held);
  expect([moved.status, moved.body['number']]).toEqual([200, 2]);
  expect((await resolve('?label=held', { 'if-none-match': `W/"x", ${tagOf(2)}` })).status).toBe(304);
});

it('fails closed where another digest is expected', async () => {
  const [expected, actual] = [revisions[1]?.digest, revisions[0]?.digest];
  const { status, body } = await resolve(`?expect=${expected}`);
  expect({ status, body }).toEqual({
    status: 409,
    body: { error: 'DIGEST_MISMATCH', message: 'the digest differs from `expect`', details: { expected, actual } },
  });
  expect((await resolve(`?expect=${actual}`)).status).toBe(200);
});

it.each([
  ['?label=production&revision=1', { revision: 'must be the only one of label, revision and version' }],
  ['?revision=1&version=1.0.0', { version: 'must be the only one of label, revision and version' }],
  ['?at=2026-01-01T00:00:00Z', { at: 'takes a label' }],
  ['?revision=1&at=2026-01-01T00:00:00Z', { at: 'takes a label' }],
  ['?label=production&at=yesterday', { at: expect.any(String) }],
  ['?label=7', { label: 'must match ^[a-z][a-z0-9_.-]{0,35}$' }],
  ['?label=1.0.0', { label: 'must match ^[a-z][a-z0-9_.-]{0,35}$' }],
  ['?revision=0', { revision: expect.any(String) }],
  ['?revision=x', { revision: expect.any(String) }],
  ['?version=latest', { version: 'must be a version or a range of versions' }],
  ['?version=', { version: 'must be a version or a range of versions' }],
  ['?expect=sha256:abc', { expect: 'must be sha256: and 64 hexadecimal digits' }],
])('refuses %s', async (query, details) => {
  const { status, body } = await resolve(query);
  expect({ status, body }).toEqual({
    status: 422,
    body: { error: 'VALIDATION_ERROR', message: 'validation failed', details },
  });
});

it.each([
  ['?label=nothing', 'label not found'],
  ['?label=production&at=2020-01-01T00:00:00Z', 'label not found'],
  ['?label=latest&at=2020-01-01T00:00:00Z', 'label not found'],
  ['?revision=99', 'revision not found'],
  ['?version=9.0.0', 'version not found'],
  ['?version=%5E9', 'version not found'],
])('finds nothing for %s', async (query, message) => {
  const { status, body } = await resolve(query);
  expect({ status, body }).toEqual({ status: 404, body: { error: 'NOT_FOUND', message } });
});

it('skips yanked versions in ranges, and still serves them by number, with their status', async () => {
  const doomed = await aPrompt(server).ownedBy(alice).withVersion('1.0.0', '1.1.0').make();
  const change = (json: object) => call(server, 'PATCH', `${doomed.path}/versions/1.1.0`, { token: alice.key, json });
  const read = (query: string) => call(server, 'GET', `${doomed.path}/resolve${query}`);
  const latest = async () => (await call(server, 'GET', doomed.path)).body['latest_version'];
  await change({ yanked: true, reason: 'Leaks.', deprecated: 'use café/other ☕' });
  expect((await read('?version=1.x')).body['resolved_by']).toEqual({ range: '1.x', version: '1.0.0' });
  expect(await latest()).toBe('1.0.0');
  const exact = await read('?version=1.1.0');
  expect([exact.status, exact.headers.get('deprecation-notice')]).toEqual([200, 'use caf%C3%A9/other %E2%98%95']);
  expect(Number(exact.headers.get('deprecation')?.slice(1)) * 1000).toBeGreaterThan(Date.now() - 60_000);
  const { body } = await call(server, 'GET', `${doomed.path}/versions`);
  const moves = body.items.map(({ version, yanked, yank_reason, deprecated }) => ({
    version,
    yanked,
    yank_reason,
    deprecated,
  }));
  expect(moves).toEqual([
    { version: '1.1.0', yanked: true, yank_reason: 'Leaks.', deprecated: 'use café/other ☕' },
    { version: '1.0.0' },
  ]);
  const download = await call(server, 'GET', `${doomed.path}/versions/1.1.0/download`);
  expect([download.status, download.headers.get('deprecation-notice')]).toEqual([302, 'use caf%C3%A9/other %E2%98%95']);
  await change({ yanked: false, deprecated: null });
  expect([await latest(), (await read('?version=1.x')).body['resolved_by']]).toEqual([
    '1.1.0',
    { range: '1.x', version: '1.1.0' },
  ]);
  expect((await read('?version=1.1.0')).headers.get('deprecation')).toBeNull();
  const acts = await call(server, 'GET', `${doomed.path}/audit?action=version`, { token: alice.key });
  expect(acts.body.items.map(({ action, subject }) => [action, subject])).toEqual([
    ['version.undeprecate', '1.1.0'],
    ['version.unyank', '1.1.0'],
    ['version.deprecate', '1.1.0'],
    ['version.yank', '1.1.0'],
    ['version.publish', '1.1.0'],
    ['version.publish', '1.0.0'],
  ]);
});

it('tells the deprecation of the version that was asked for, where two versions share a revision', async () => {
  const shared = await aPrompt(server).ownedBy(alice).make();
  await aRevision(server, shared, alice.key, 'The same {{a}}');
  for (const version of ['1.0.0', '1.0.1']) {
    const made = await call(server, 'POST', `${shared.path}/revisions/1/release`, {
      token: alice.key,
      json: { version },
    });
    expect(made.status).toBe(201);
  }
  const noticeOf = async (query: string) =>
    (await call(server, 'GET', `${shared.path}/resolve${query}`)).headers.get('deprecation-notice');
  const notices = async () => [await noticeOf('?version=1.0.0'), await noticeOf('?version=1.0.1'), await noticeOf('')];
  const deprecate = (version: string, deprecated: string | null) =>
    call(server, 'PATCH', `${shared.path}/versions/${version}`, { token: alice.key, json: { deprecated } });
  await deprecate('1.0.0', 'use 1.0.1');
  expect(await notices()).toEqual(['use 1.0.1', null, null]);
  await deprecate('1.0.0', null);
  await deprecate('1.0.1', 'use another');
  expect(await notices()).toEqual([null, 'use another', 'use another']);
});

it.each([
  [{ reason: 'No.' }, { reason: 'takes yanked: true' }],
  [{ yanked: 'yes' }, { yanked: expect.any(String) }],
  [{ yanked: true, reason: ' ' }, { reason: 'must not be empty' }],
  [{ deprecated: '' }, { deprecated: 'must not be empty' }],
])('refuses the change %j of a version', async (json, details) => {
  const { status, body } = await call(server, 'PATCH', `${prompt.path}/versions/1.0.0`, { token: alice.key, json });
  expect([status, body.details]).toEqual([422, details]);
});
