import { randomUUID } from 'node:crypto';
import { type ApiAnswer, call } from '../../support/api.js';
import { aGroup, grantTo, type TestGroup } from '../../support/grants.js';
import {
  aKey,
  anOrganization,
  aUser,
  addMember,
  type TestOrganization,
  type TestUser,
  userScopes,
} from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

/** Chooses the same each time, evenly. */
function choices(): <T>(from: readonly T[]) => T {
  let state = 7;
  return <T>(from: readonly T[]) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as T;
  };
}

const sorts = ['relevance', 'newest', 'updated', 'downloads', 'name'] as const;
const promptCount = 90;

let server: TestServer;
let users: TestUser[];
let organizations: TestOrganization[];
let groups: TestGroup[];
let promptIds: string[];

/** Users with every role in organizations of every access, groups, and prompts granted in every way. */
beforeAll(async () => {
  server = await startTestServer();
  const choose = choices();
  users = await Promise.all(['ann', 'ben', 'cleo', 'dan'].map((username) => aUser(server, { username })));
  organizations = await Promise.all(
    (['none', 'read', 'write'] as const).map((memberAccess) => anOrganization(server, { memberAccess })),
  );
  for (const [i, organization] of organizations.entries()) {
    for (const [n, user] of users.entries()) {
      const role = (['owner', 'member', 'member', undefined] as const)[(i + n) % 4];
      if (role) await addMember(server, organization, user, role);
    }
  }
  groups = await Promise.all([users.slice(0, 2), users.slice(1, 3), []].map((members) => aGroup(server, members)));
  promptIds = await Promise.all(Array.from({ length: promptCount }, () => aRandomPrompt(choose)));
}, 60_000);
afterAll(() => server.stop());

async function aRandomPrompt(choose: ReturnType<typeof choices>): Promise<string> {
  const id = randomUUID();
  const { pool } = server.database;
  await pool.query(
    `insert into prompt (id, owner_id, name, description, visibility, tags, download_count, created_by)
     values ($1::uuid, $2, $1::text, 'Everything about penguins.', $3, '{birds}', $4, $5)`,
    [
      id,
      choose([...users, ...organizations]).id,
      choose(['public', 'private', 'private', 'private']),
      choose([0, 1, 5, 5, 900]),
      choose(users).id,
    ],
  );
  const inputs = Array.from({ length: choose([0, 0, 1, 2, 5]) }, () => ({
    principal: choose([null, ...users, ...groups]),
    permission: choose(['read', 'write'] as const),
  }));
  const distinct = new Map(inputs.map((input) => [`${input.principal?.id} ${input.permission}`, input]));
  for (const { principal, permission } of distinct.values()) {
    await grantTo(pool, principal?.id ?? null, permission, [id]);
  }
  return id;
}

async function callers(): Promise<Record<string, string | undefined>> {
  const [ann, ben] = users as [TestUser, TestUser];
  const admin = await aUser(server, { role: 'admin' });
  const keys: [string, string | undefined][] = [
    ['a stranger', undefined],
    ...users.map(({ username, key }): [string, string] => [username, key]),
    ['a newcomer', (await aUser(server)).key],
    ['an admin', admin.key],
    ['an admin without the scope', await aKey(server, admin.id, { scopes: userScopes })],
  ];
  for (const { id, slug } of organizations) keys.push([`ben in ${slug}`, await aKey(server, ben.id, { ownerId: id })]);
  keys.push(['ann as another owner', await aKey(server, ann.id, { ownerId: ben.id })]);
  for (const promptId of promptIds.slice(0, 10)) {
    keys.push([`ann with ${promptId}`, await aKey(server, ann.id, { promptId })]);
  }
  return Object.fromEntries(keys);
}

const idsOf = ({ body }: ApiAnswer) => body.items.map(({ id }) => id);

it('lists exactly the readable prompts for every caller, with every sort and filter', async () => {
  for (const [name, key] of Object.entries(await callers())) {
    const token = key === undefined ? {} : { token: key };
    const answers = await Promise.all(
      promptIds.map(async (id) => ({ id, status: (await call(server, 'GET', `/v1/prompts/${id}`, token)).status })),
    );
    expect(
      [...new Set(answers.map(({ status }) => status))].filter((status) => status !== 200 && status !== 404),
    ).toEqual([]);
    const readable = answers.filter(({ status }) => status === 200).map(({ id }) => id);
    expect(readable.length).toBeGreaterThan(10);
    for (const query of ['', 'q=penguin', 'tag=birds', 'q=penguin&tag=birds']) {
      for (const sort of sorts) {
        const listed = await call(server, 'GET', `/v1/prompts?limit=100&sort=${sort}&${query}`, token);
        expect([name, query, sort, idsOf(listed).sort()]).toEqual([name, query, sort, readable.toSorted()]);
      }
    }
    const byOwner = await Promise.all(
      [...users, ...organizations].map(({ id }) => call(server, 'GET', `/v1/prompts?limit=100&owner=${id}`, token)),
    );
    expect([name, byOwner.flatMap(idsOf).sort()]).toEqual([name, readable.toSorted()]);
  }
}, 120_000);

it('differs from caller to caller', async () => {
  const counts = await Promise.all(
    Object.values(await callers()).map(async (token) => {
      const answer = await call(server, 'GET', '/v1/prompts?limit=100', token === undefined ? {} : { token });
      return answer.body.items.length;
    }),
  );
  expect(new Set(counts).size).toBeGreaterThan(6);
});
