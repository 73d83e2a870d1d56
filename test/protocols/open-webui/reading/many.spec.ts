import { jest } from '@jest/globals';
import pg from 'pg';
import { aGroup, grantTo } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { planOf } from '../../../support/plans/query-plan.js';
import { recordStatements, type SentStatement } from '../../../support/plans/sent-statements.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { openWebUi } from '../commands.js';

let server: OpenTestServer;
let alice: TestUser;
let bob: TestUser;
let reader: TestUser;

/** 10 000 prompts of alice's and bob's in the workspace, 1 000 of them with 25 revisions of which the 20th is live. */
const fill = `
  with made as (
    insert into prompt (id, owner_id, name, title, description, visibility, tags, created_by, revision_count, created_at,
      updated_at)
    select gen_random_uuid(), (select id from owner where slug = 'workspace'), 'many-' || lpad(n::text, 5, '0'),
      case when n % 3 > 0 then 'Title of ' || md5(n::text) end, 'Of many', case when n % 50 = 0 then 'public' else 'private' end,
      array['common', 'of-' || n % 7, 'Tag ' || n % 900], case when n % 10 = 0 then $2 else $1 end::uuid,
      case when n % 10 = 1 then 25 else 1 end,
      now() - n % 5000 * interval '1 minute', now() - (n * 7919) % 4999 * interval '1 second'
    from generate_series(1, 10000) n returning id, name, revision_count, created_by
  ), said as (
    insert into revision (id, prompt_id, number, digest, name, content, syntax, variables, declared_variables, settings,
      data, meta, tags, grants, commit_message, author_id, created_at)
    select gen_random_uuid(), id, number, repeat('0', 64), name,
      'You are an assistant. Revision ' || number || case when name like '%77' then ' of the Zeugma. ' else '. ' end
        || (select string_agg(md5(name || number || i), ' ') from generate_series(1, 20 + length(name) + number) i),
      'braces', '[]', 0, '{}', '{}', '{}', '{}', '[]', '', created_by, now()
    from made cross join lateral generate_series(1, revision_count) number returning prompt_id, number, author_id
  )
  insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
  select prompt_id, 'production', case max(number) when 1 then 1 else 20 end, now(), author_id, now(), author_id from said
  group by prompt_id, author_id`;

beforeAll(async () => {
  server = await startOpenTestServer();
  [alice, bob, reader] = [await aUser(server), await aUser(server), await aUser(server)];
  const client = await server.database.pool.connect();
  await client.query('set statement_timeout = 0');
  await client.query(fill, [alice.id, bob.id]);
  const { rows } = await client.query<{ id: string }>(
    `select id from prompt where visibility = 'private' order by name`,
  );
  const ids = rows.map(({ id }) => id);
  const group = await aGroup(server, [reader]);
  await grantTo(client, group.id, 'read', ids.slice(0, 3000));
  await grantTo(client, reader.id, 'read', ids.slice(2000, 4000));
  await grantTo(client, null, 'read', ids.slice(3500, 4500));
  await grantTo(client, reader.id, 'write', ids.slice(4400, 6000));
  await client.query('analyze');
  client.release(true);
}, 600_000);
afterAll(() => server.stop());

afterEach(() => jest.restoreAllMocks());

/** Everything that is as long as there are revisions, grants or texts. */
const mustNotBeScanned = /^(prompt|revision|label|prompt_grant|live_text)$/;

const readsPrompts = ({ text }: SentStatement) => /\b(live_prompt|revision)\b/.test(text);

async function search(query: Readonly<Record<string, string>>, token: string) {
  const { status, body, text } = await openWebUi(server, token).search(query);
  if (status !== 200) throw new Error(`no list: ${text}`);
  return body as unknown as { total: number; items: { id: string; command: string }[] };
}

const searches: [string, Record<string, string>][] = [
  ['nothing', {}],
  ['nothing, by name', { order_by: 'name', direction: 'asc' }],
  ['nothing, far down', { order_by: 'created_at', direction: 'desc', page: '120' }],
  ['a common word', { query: 'ASSISTANT', order_by: 'created_at' }],
  ['a rare word', { query: 'zeugma' }],
  ['a word that only old revisions and drafts hold', { query: 'revision 25' }],
  ['an author', { query: 'example.com', page: '2' }],
  ['a common tag', { tag: 'Common', order_by: 'name' }],
  ['a word, a tag and an order', { query: 'you are', tag: 'of-3', order_by: 'name', direction: 'asc' }],
  ['one’s own', { view_option: 'created' }],
  ['those of others', { view_option: 'shared', query: 'a' }],
];

const callers = (): [string, string][] => [
  ['an admin', server.adminKey],
  ['who made most', alice.key],
  ['who made some', bob.key],
  ['who was granted some', reader.key],
];

it.each(searches)('searches for %s with two statements, neither of which scans a table of texts', async (_, query) => {
  for (const [who, token] of callers()) {
    const { sent: runs } = recordStatements(server);
    await search(query, token);
    const listing = runs.filter(readsPrompts);
    expect([who, listing.length]).toEqual([who, listing.length > 1 ? 2 : 1]);
    // Besides these: the caller, the owner, the access check, and periodic statements.
    expect(runs.length - listing.length).toBeLessThanOrEqual(6);
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      const options = `-c plan_cache_mode=${mode}`;
      const pool = new pg.Pool({ connectionString: server.database.url, max: 1, options });
      const asked = { ...server, database: { ...server.database, pool } };
      for (const { text, values } of listing) {
        const scanned = (await planOf(asked, { text }, values))
          .filter((node) => node['Node Type'] === 'Seq Scan')
          .map((node) => node['Relation Name']);
        expect([who, mode, scanned.filter((table) => mustNotBeScanned.test(table ?? ''))]).toEqual([who, mode, []]);
      }
      await pool.end();
    }
    jest.restoreAllMocks();
  }
});

interface Seeded {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly content: string;
  readonly tags: readonly string[];
  readonly created_by: string;
  readonly readers: readonly string[];
  readonly visibility: string;
}

it('counts the same prompts as a check of every prompt', async () => {
  const { rows } = await server.database.pool.query<Seeded>(
    `select p.id, p.name, coalesce(p.title, p.name) as title, r.content, p.tags, p.created_by, p.visibility,
       array(select coalesce(principal_id::text, '*') from prompt_grant where prompt_id = p.id and permission = 'read') as readers
     from prompt p join label l on l.prompt_id = p.id and l.name = 'production'
     join revision r on r.prompt_id = p.id and r.number = l.revision`,
  );
  const { rows: memberships } = await server.database.pool.query<{ group_id: string }>(
    'select group_id from group_member',
  );
  const groups = memberships.map(({ group_id }) => group_id);
  const ofReader = ({ visibility, readers }: Seeded) =>
    visibility === 'public' || [reader.id, '*', ...groups].some((id) => readers.includes(id));
  const lists: [string, (prompt: Seeded) => boolean][] = [
    [server.adminKey, () => true],
    [reader.key, ofReader],
    [
      bob.key,
      ({ created_by, visibility, readers }) =>
        created_by === bob.id || visibility === 'public' || readers.includes('*'),
    ],
  ];
  for (const [token, mayRead] of lists) {
    const readable = rows.filter(mayRead);
    for (const word of ['', 'zeugma', 'revision 20', 'title of 1', 'many-0', 'b7', '-']) {
      for (const tag of ['', 'common', 'tag 77']) {
        const expected = readable.filter(
          (prompt) =>
            (tag === '' || prompt.tags.some((own) => own.toLowerCase() === tag)) &&
            [prompt.name, prompt.title, prompt.content, prompt.created_by === alice.id ? alice.email : bob.email].some(
              (text) => text.toLowerCase().includes(word),
            ),
        ).length;
        expect([word, tag, (await search({ query: word, tag }, token)).total]).toEqual([word, tag, expected]);
      }
    }
  }
});

it('lists all 10 000 once and in order, page by page', async () => {
  const { sent: runs } = recordStatements(server);
  const { text } = await openWebUi(server, server.adminKey).list();
  const listed = JSON.parse(text) as { id: string; updated_at: number }[];
  expect([listed.length, new Set(listed.map(({ id }) => id)).size]).toEqual([10_000, 10_000]);
  const times = listed.map(({ updated_at }) => updated_at);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  // 500 to a page, and all ids before.
  expect(runs.filter(readsPrompts)).toHaveLength(21);
});

it('reads only as fast as the client', async () => {
  const { sent: runs } = recordStatements(server);
  // Compressed, all of these texts together are a few kilobytes.
  const headers = { authorization: `Bearer ${server.adminKey}`, 'accept-encoding': 'identity' };
  const response = await fetch(`${server.url}/api/v1/prompts/`, { headers });
  const body = response.body?.getReader();
  await body?.read();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(runs.filter(readsPrompts).length).toBeLessThan(21);
  await body?.cancel();
});

it('lists each tag once', async () => {
  const tags = (await openWebUi(server, server.adminKey).tags()).body as unknown as string[];
  expect([tags.length, tags[0], tags.at(-1)]).toEqual([908, 'Tag 0', 'of-6']);
  expect((await openWebUi(server, bob.key).tags()).body).toContain('common');
});

it('walks an index if everything may be read and there is no query', async () => {
  for (const order_by of ['name', 'created_at', 'updated_at']) {
    for (const direction of ['asc', 'desc']) {
      const { sent: runs } = recordStatements(server);
      await search({ order_by, direction }, server.adminKey);
      const [walk] = runs.filter(readsPrompts);
      const plan = walk ? await planOf(server, walk, walk.values) : [];
      // Only the ids of the page are sorted once more, to be put together.
      const sorted = plan.filter((node) => node['Node Type'] === 'Sort').map((node) => node['Actual Rows']);
      expect(Math.max(0, ...sorted)).toBeLessThanOrEqual(30);
      jest.restoreAllMocks();
    }
  }
});
