import fc from 'fast-check';
import { call } from '../support/api.js';
import { aRevision, point, save } from '../support/history.js';
import { anOrganization, aUser, addMember, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrompt(server).ownedBy(alice).make();
});

const read = (path: string, token = alice.key) => call(server, 'GET', `${prompt.path}${path}`, { token });
const withRevisions = async (count: number) => {
  for (let number = 1; number <= count; number += 1) await aRevision(server, prompt, alice.key, `Text ${number}`);
};
const targets = async () => {
  const { body } = await read('/labels');
  return Object.fromEntries(body.items.map(({ label, revision }) => [label, revision]));
};

it('points labels to revisions and versions, and records each move', async () => {
  await withRevisions(2);
  const version = await call(server, 'POST', `${prompt.path}/revisions/2/release`, {
    token: alice.key,
    json: { version: '1.0.0' },
  });
  expect(version.status).toBe(201);
  const set = await point(server, prompt, alice.key, 'staging', { revision: 1 });
  expect(set.body).toMatchObject({
    label: 'staging',
    revision: 1,
    moved_by: alice.username,
    protected: false,
    writers: [],
  });
  await point(server, prompt, alice.key, 'staging', { version: '1.0.0' });
  await point(server, prompt, alice.key, 'staging', { version: '1.0.0' });
  expect(await targets()).toEqual({ latest: 2, production: 1, staging: 2 });
  const gone = await call(server, 'DELETE', `${prompt.path}/labels/staging`, { token: alice.key });
  expect(gone.status).toBe(204);
  expect(await targets()).toEqual({ latest: 2, production: 1 });
  const { body } = await read('/labels/staging/history');
  const moves = body.items.map(({ from_revision, to_revision, moved_by, protocol }) => [
    from_revision,
    to_revision,
    moved_by,
    protocol,
  ]);
  expect(moves).toEqual([
    [2, null, alice.username, 'registry'],
    [1, 2, alice.username, 'registry'],
    [null, 1, alice.username, 'registry'],
  ]);
});

it('pages through the history of a label', async () => {
  await withRevisions(2);
  for (const revision of [2, 1, 2, 1]) await point(server, prompt, alice.key, 'production', { revision });
  const first = await read('/labels/production/history?limit=3');
  const second = await read(`/labels/production/history?limit=3&cursor=${String(first.body['next_cursor'])}`);
  const seen = [...first.body.items, ...second.body.items].map(({ to_revision }) => to_revision);
  expect([seen, second.body['next_cursor']]).toEqual([[1, 2, 1, 2, 1], null]);
});

it('lets one of two callers succeed who both expect the same target', async () => {
  await withRevisions(3);
  const { headers } = await read('/resolve');
  const ifMatch = { 'if-match': headers.get('etag') ?? '' };
  const answers = await Promise.all(
    [2, 3].map((revision) => point(server, prompt, alice.key, 'production', { revision }, ifMatch)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const { production } = await targets();
  const refused = answers.find(({ status }) => status === 412);
  expect(refused?.body).toMatchObject({ error: 'PRECONDITION_FAILED', details: { number: production } });
  const stale = await call(server, 'DELETE', `${prompt.path}/labels/production`, {
    token: alice.key,
    headers: ifMatch,
  });
  expect(stale.status).toBe(412);
});

it('keeps the highest integer in step with production', async () => {
  await withRevisions(3);
  const integers = async () => {
    const { rows } = await server.database.pool.query<{ name: string; revision: number }>(
      `select name, revision from label where prompt_id = $1 and "integer" is not null order by "integer"`,
      [prompt.id],
    );
    return rows.map(({ name, revision }) => `${name}:${revision}`);
  };
  expect(await integers()).toEqual(['1:1']);
  await point(server, prompt, alice.key, 'production', { revision: 3 });
  await point(server, prompt, alice.key, 'staging', { revision: 2 });
  expect(await integers()).toEqual(['1:1', '2:3']);
  await point(server, prompt, alice.key, 'production', { revision: 1 });
  expect(await integers()).toEqual(['1:1', '2:3', '3:1']);
  expect((await read('/labels/3/history')).body.items).toHaveLength(1);
});

it('lets only the named users move a protected label', async () => {
  const organization = await anOrganization(server, { memberAccess: 'write' });
  const [owner, bob, carol] = [await aUser(server), await aUser(server), await aUser(server)];
  await addMember(server, organization, owner, 'owner');
  await addMember(server, organization, bob);
  await addMember(server, organization, carol);
  prompt = await aPrompt(server).in(organization).ownedBy(owner).make();
  await aRevision(server, prompt, bob.key, 'One');
  await aRevision(server, prompt, carol.key, 'Two');
  const protect = (token: string, writers: string[]) =>
    call(server, 'PUT', `${prompt.path}/labels/production/protection`, { token, json: { writers } });
  expect((await protect(bob.key, [bob.username])).status).toBe(403);
  expect((await protect(owner.key, [bob.id, bob.username, bob.username.toUpperCase()])).body['writers']).toEqual([
    bob.username,
  ]);
  const refusal = { error: 'FORBIDDEN', message: 'the label is protected', details: { label: 'production' } };
  for (const token of [carol.key, owner.key, server.adminKey]) {
    expect((await point(server, prompt, token, 'production', { revision: 2 })).body).toEqual(refusal);
    const gone = await call(server, 'DELETE', `${prompt.path}/labels/production`, { token });
    expect(gone.body).toEqual(refusal);
  }
  expect((await point(server, prompt, bob.key, 'production', { revision: 2 })).status).toBe(200);
  const membership = `/v1/organizations/${organization.slug}/members/${bob.username}`;
  expect((await call(server, 'DELETE', membership, { token: server.adminKey })).status).toBe(204);
  expect((await point(server, prompt, bob.key, 'production', { revision: 1 })).status).toBe(403);
  const ended = await call(server, 'DELETE', `${prompt.path}/labels/production/protection`, { token: owner.key });
  expect(ended.status).toBe(204);
  expect((await point(server, prompt, carol.key, 'production', { revision: 1 })).status).toBe(200);
});

it('shows a label that is protected before it is set, and the first revision of another user does not set it', async () => {
  const protection = { token: alice.key, json: { writers: ['admin'] } };
  await call(server, 'PUT', `${prompt.path}/labels/production/protection`, protection);
  await aRevision(server, prompt, alice.key, 'One');
  const { body } = await read('/labels');
  expect(body.items.find(({ label }) => label === 'production')).toEqual({
    label: 'production',
    revision: null,
    digest: null,
    moved_at: null,
    moved_by: null,
    protected: true,
    writers: ['admin'],
  });
  expect((await read('/resolve')).status).toBe(404);
});

it.each([
  ['latest', { revision: 1 }, 422, '`latest` is always the newest revision'],
  ['7', { revision: 1 }, 422, 'must match ^[a-z][a-z0-9_.-]{0,35}$'],
  ['1.0.0', { revision: 1 }, 422, 'must match ^[a-z][a-z0-9_.-]{0,35}$'],
  ['Staging', { revision: 1 }, 422, 'must match ^[a-z][a-z0-9_.-]{0,35}$'],
])('refuses to move %s', async (label, to, status, problem) => {
  await withRevisions(1);
  const answer = await point(server, prompt, alice.key, label, to);
  expect([answer.status, answer.body.details]).toEqual([status, { label: problem }]);
});

it.each([
  [{}, 422],
  [{ revision: 1, version: '1.0.0' }, 422],
  [{ revision: 0 }, 422],
  [{ revision: 'one' }, 422],
  [{ version: '1.0' }, 422],
  [{ revision: 9 }, 404],
  [{ version: '9.0.0' }, 404],
])('answers a move to %j with %i', async (to, status) => {
  await withRevisions(1);
  expect((await point(server, prompt, alice.key, 'staging', to)).status).toBe(status);
  expect(await targets()).toEqual({ latest: 1, production: 1 });
});

it('names unknown writers, and protects nothing', async () => {
  const input = { token: alice.key, json: { writers: [alice.username, 'nobody-here'] } };
  const { status, body } = await call(server, 'PUT', `${prompt.path}/labels/live/protection`, input);
  expect([status, body.details]).toEqual([422, { 'writers.1': 'no such user' }]);
  expect(await targets()).toEqual({});
});

it('allows at most 200 labels', async () => {
  await withRevisions(1);
  await server.database.pool.query(
    `insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
     select $1, 'label-' || n, 1, now(), $2, now(), $2 from generate_series(1, 199) n`,
    [prompt.id, alice.id],
  );
  const { status, body } = await point(server, prompt, alice.key, 'one-more', { revision: 1 });
  expect([status, body['message']]).toEqual([409, 'a prompt has at most 200 labels']);
  expect((await save(server, prompt, alice.key, { content: 'B', labels: ['one-more'] })).status).toBe(409);
});

it('resolves a label at any time to the same as a replay of its moves', async () => {
  await withRevisions(3);
  const label = fc.constantFrom('production', 'staging');
  const act = fc.oneof(
    fc.record({ label, revision: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ label, revision: fc.constant(null) }),
  );
  const acts = fc.sample(fc.array(act, { minLength: 25, maxLength: 25 }), { numRuns: 1, seed: 7 }).flat();
  for (const { label: name, revision } of acts) {
    if (revision === null) await call(server, 'DELETE', `${prompt.path}/labels/${name}`, { token: alice.key });
    else await point(server, prompt, alice.key, name, { revision });
  }
  for (const name of ['production', 'staging']) {
    const { body } = await read(`/labels/${name}/history?limit=100`);
    const moves = body.items
      .map(({ moved_at, to_revision }) => ({ at: Date.parse(String(moved_at)), to: to_revision }))
      .reverse();
    const times = moves.flatMap(({ at }) => [at - 1, at, at + 1]);
    for (const time of times) {
      const replayed = moves.filter(({ at }) => at <= time).at(-1)?.to ?? null;
      const at = new Date(time).toISOString();
      const answer = await read(`/resolve?label=${name}&at=${at}`);
      expect({ at, found: answer.status === 200 ? answer.body['number'] : null }).toEqual({ at, found: replayed });
    }
  }
});
