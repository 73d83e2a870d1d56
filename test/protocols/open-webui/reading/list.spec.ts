import { grantTo } from '../../../support/grants.js';
import { aRevision, point } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { aPrompt, type TestPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aTemplate } from '../../conductor/templates.js';
import { openWebUi } from '../commands.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice-of-list' });
  bob = await aUser(server, { username: 'bob-of-list' });
  await server.database.pool.query(`update account set name = 'Ada Łovelace' where id = $1`, [alice.id]);
});
afterAll(() => server.stop());

/** A prompt in the workspace that its maker alone may read, but an admin. */
async function createdAt(
  by: TestUser,
  name: string,
  content: string,
  tags: readonly string[] = [],
): Promise<TestPrompt> {
  const prompt = await aPrompt(server, name).ownedBy(by).in({ id: '', slug: 'workspace' }).private().make();
  await aRevision(server, prompt, by.key, content);
  await server.database.pool.query('update prompt set tags = $2 where id = $1', [prompt.id, tags]);
  return prompt;
}

interface Found {
  readonly total: number;
  readonly items: readonly (Readonly<Record<string, unknown>> & { readonly command: string })[];
}

async function search(query: Readonly<Record<string, string>>, token = alice.key): Promise<Found> {
  const { status, text, body } = await openWebUi(server, token).search(query);
  if (status !== 200) throw new Error(`no list: ${status} ${text}`);
  return body as unknown as Found;
}

const commands = async (query: Readonly<Record<string, string>>, token?: string) => {
  const { items, total } = await search({ order_by: 'name', direction: 'asc', ...query }, token);
  expect(total).toBe(items.length);
  return items.map(({ command }) => command);
};

describe('a search', () => {
  beforeAll(async () => {
    const title = 'update prompt set title = $2 where id = $1';
    const refund = await createdAt(alice, 'refund-letter', 'We pay you BACK within 14 days, {{name}}', [
      'Money',
      'letters',
    ]);
    await server.database.pool.query(title, [refund.id, 'Refünd 100%_\\done']);
    await createdAt(alice, 'greeting', 'Good morning', ['letters', 'money-free']);
    await createdAt(bob, 'secret-of-bob', 'We pay nobody');
    const shared = await createdAt(bob, 'shared-by-bob', 'Shared text', ['MONEY']);
    await grantTo(server.database.pool, alice.id, 'read', [shared.id]);
    await grantTo(server.database.pool, alice.id, 'write', [(await createdAt(bob, 'blind', 'Shared blindly')).id]);
    const off = await createdAt(alice, 'off', 'Not active');
    await server.database.pool.query('update prompt set is_active = false where id = $1', [off.id]);
    await aTemplate(server, alice.key, 'dollar', 'Dear ${customer}, ${__proto__}');
  });

  const all = ['dollar', 'greeting', 'off', 'refund-letter', 'shared-by-bob'];

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, all],
    ['empty words', { query: '', tag: '', view_option: '', order_by: 'name', page: '1' }, all],
    ['a part of a title', { query: 'FÜND' }, ['refund-letter']],
    ['a part of a command', { query: 'und-Let' }, ['refund-letter']],
    ['a part of a live text', { query: 'you back' }, ['refund-letter']],
    ['a name of an author', { query: 'łOVEL' }, ['dollar', 'greeting', 'off', 'refund-letter']],
    ['a user name', { query: 'bob-of' }, ['shared-by-bob']],
    ['an email', { query: 'of-list@example' }, all],
    ['what is in no prompt', { query: 'zeugma' }, []],
    ['what only hidden ones hold', { query: 'nobody' }, []],
    ['what is granted for writing alone', { query: 'blindly' }, []],
    ['a per cent sign', { query: '%' }, ['refund-letter']],
    ['an underscore', { query: '_' }, ['dollar', 'refund-letter']],
    ['a backslash', { query: '\\' }, ['refund-letter']],
    ['a variable as it is shown', { query: '{{CUSTOMER}}' }, ['dollar']],
    ['a mark that is no variable', { query: '${__proto__}' }, ['dollar']],
    ['a mark that is not shown', { query: '${customer}' }, []],
    ['a text and not its words', { query: 'back you' }, []],
    ['words that reach over from one field to the next', { query: 'done\nrefund' }, []],
    ['a tag', { tag: 'money' }, ['refund-letter', 'shared-by-bob']],
    ['a part of a tag', { tag: 'mone' }, []],
    ['a tag and a word', { tag: 'Letters', query: 'morning' }, ['greeting']],
    ['one’s own', { view_option: 'created' }, ['dollar', 'greeting', 'off', 'refund-letter']],
    ['those of others', { view_option: 'shared' }, ['shared-by-bob']],
    ['those of others with a tag', { view_option: 'shared', tag: 'letters' }, []],
    ['an unknown view', { view_option: 'everything' }, all],
  ])('finds %s', async (_, query, expected) => {
    expect(await commands(query)).toEqual(expected);
  });

  it('uses the last value of a repeated parameter', async () => {
    const { body } = await openWebUi(server, alice.key).ask('GET', '/list?tag=none&tag=money&page=7&page=1');
    expect(body.total).toBe(2);
  });

  it('shows the creator of a prompt, and whether the caller may write to it', async () => {
    const { items } = await search({ query: 'shared text' });
    expect(items).toEqual([
      expect.objectContaining({
        command: 'shared-by-bob',
        content: 'Shared text',
        user: { id: bob.id, name: bob.username, role: 'user', email: bob.email },
        write_access: false,
      }),
    ]);
    const [own] = (await search({ query: 'good morning' })).items;
    expect(own).toMatchObject({ user: { id: alice.id, name: 'Ada Łovelace' }, write_access: true });
  });

  it('finds the live text only, not earlier texts or drafts', async () => {
    const prompt = await createdAt(alice, 'moving', 'Caterpillar');
    const { number } = await aRevision(server, prompt, alice.key, 'Butterfly');
    const found = () => Promise.all(['caterpillar', 'butterfly'].map((query) => commands({ query })));
    expect(await found()).toEqual([['moving'], []]);
    await point(server, prompt, alice.key, 'production', { revision: number });
    expect(await found()).toEqual([[], ['moving']]);
    await point(server, prompt, alice.key, 'production', { revision: 1 });
    expect(await found()).toEqual([['moving'], []]);
    await server.database.pool.query(`delete from label where prompt_id = $1 and name = 'production'`, [prompt.id]);
    expect(await found()).toEqual([[], ['moving']]);
    await server.database.pool.query('update prompt set deleted_at = now() where id = $1', [prompt.id]);
    expect(await found()).toEqual([[], []]);
    await server.database.pool.query('update prompt set deleted_at = null where id = $1', [prompt.id]);
    expect(await found()).toEqual([[], ['moving']]);
    await server.database.pool.query('update prompt set deleted_at = now() where id = $1', [prompt.id]);
  });
});

describe('pages and orders', () => {
  let carol: TestUser;
  const names = Array.from({ length: 65 }, (_, i) => `Prompt ${String((i * 37) % 65).padStart(2, '0')}`);
  beforeAll(async () => {
    carol = await aUser(server);
    await server.database.pool.query(
      `with made as (
         insert into prompt (id, owner_id, name, title, description, visibility, created_by, revision_count, created_at, updated_at)
         select gen_random_uuid(), (select id from owner where slug = 'workspace'), 'paged-' || n, title, '', 'private', $1, 1,
           now() + n % 3 * interval '1 day', now() + n % 4 * interval '1 day'
         from unnest($2::text[]) with ordinality names (title, n) returning id, name
       )
       insert into revision (id, prompt_id, number, digest, name, content, syntax, variables, declared_variables, settings,
         data, meta, tags, grants, commit_message, author_id, created_at)
       select gen_random_uuid(), id, 1, repeat('0', 64), name, 'Text', 'braces', '[]', 0, '{}', '{}', '{}', '{}', '[]', '', $1,
         now() from made`,
      [carol.id, names.map((name, i) => (i % 2 ? name : name.toUpperCase()))],
    );
  });

  const pages = async (query: Record<string, string>, token: string) => {
    const all = await Promise.all(['1', '2', '3', '4'].map((page) => search({ ...query, page }, token)));
    expect(all.map(({ items, total }) => [items.length, total])).toEqual([
      [30, 65],
      [30, 65],
      [5, 65],
      [0, 65],
    ]);
    return all.flatMap(({ items }) => items);
  };

  const orders = ['name', 'created_at', 'updated_at'].flatMap((order) =>
    ['asc', 'desc'].map((direction): [string, string] => [order, direction]),
  );
  it.each(orders)(
    'are sorted by %s %s, and never overlap, for callers who read some or all prompts',
    async (order, direction) => {
      for (const token of [carol.key, server.adminKey]) {
        const items = await pages({ order_by: order, direction, query: 'paged-' }, token);
        expect(new Set(items.map(({ id }) => id)).size).toBe(65);
        const keys = items.map((item) => String(item[order]).toLowerCase());
        const sorted = [...keys].sort();
        expect(keys).toEqual(direction === 'asc' ? sorted : sorted.reverse());
      }
    },
  );

  it('have the same order without a query', async () => {
    const found = await pages({ order_by: 'name', direction: 'asc' }, carol.key);
    expect(found.map(({ name }) => String(name).toLowerCase())).toEqual(names.map((name) => name.toLowerCase()).sort());
    const { items, total } = await search({ order_by: 'created_at', direction: 'asc', page: '2' }, server.adminKey);
    expect([items.length, total > 65]).toEqual([30, true]);
    const created = items.map(({ created_at }) => Number(created_at));
    expect(created).toEqual([...created].sort((a, b) => a - b));
  });

  it('are newest update first for an unknown order, in either direction', async () => {
    const ids = async (query: Record<string, string>) => (await pages(query, carol.key)).map(({ id }) => id);
    const newest = await ids({ order_by: 'updated_at', direction: 'desc' });
    expect(await ids({})).toEqual(newest);
    expect(await ids({ order_by: 'size', direction: 'asc' })).toEqual(newest);
    expect(await ids({ order_by: 'updated_at', direction: 'ASC' })).toEqual(newest);
  });

  it.each(['0', '-3', '1', '+1', ' 1 ', '1.0', '0_1'])('begin with the first for page=%j', async (page) => {
    expect((await search({ page }, carol.key)).items).toHaveLength(30);
  });

  it.each(['4', '2147483648', '9'.repeat(400)])('are empty for page %.10s', async (page) => {
    expect(await search({ page }, carol.key)).toEqual({ items: [], total: 65 });
  });

  it.each(['abc', '', '1.5', '0x1', '1e3', '٣'])('refuse page=%j', async (page) => {
    const { status, body } = await openWebUi(server, carol.key).search({ page });
    expect([status, body]).toEqual([
      422,
      {
        detail: [
          {
            type: 'int_parsing',
            loc: ['query', 'page'],
            msg: 'Input should be a valid integer, unable to parse string as an integer',
            input: page,
          },
        ],
      },
    ]);
  });

  it('refuse words that cannot be stored', async () => {
    for (const query of ['query=%00', 'tag=%ff', 'query=%zz']) {
      expect((await openWebUi(server, carol.key).ask('GET', `/list?${query}`)).status).toBe(422);
    }
  });
});
