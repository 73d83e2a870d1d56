import { aGroup, grantTo } from '../../../support/grants.js';
import { aKey, aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { openWebUi } from '../commands.js';

/** Small numbers that look random and are the same in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Person {
  readonly name: string;
  readonly token: string;
  readonly id: string;
  /** The principals whose grants let this person read. */
  readonly principals: readonly (string | null)[];
  readonly reads: 'all' | 'granted' | { readonly only: string };
}

interface Model {
  readonly id: string;
  readonly name: string;
  readonly title: string | null;
  readonly content: string;
  readonly tags: readonly string[];
  readonly maker: TestUser;
  readonly visibility: 'public' | 'private';
  readonly is_active: boolean;
  readonly grants: readonly { readonly principal: string | null; readonly permission: 'read' | 'write' }[];
}

const words = ['alpha', 'Beta', 'GAMMA', 'délta', '100%', 'a_b', 'x\\y', '{{name}}', '日本語', 'beta blocker'];
const tagNames = ['One', 'one', 'TWO', 'drei', 'Ünf'];

const insert = `
  with made as (
    insert into prompt (id, owner_id, name, title, description, visibility, tags, created_by, revision_count, is_active)
    select id, (select o.id from owner o where slug = 'workspace'), name, title, '', visibility, tags, maker, 2, is_active
    from json_to_recordset($1) as given (id uuid, name text, title text, visibility text, tags text[], maker uuid, is_active boolean)
    returning id, name, created_by
  ), said as (
    insert into revision (id, prompt_id, number, digest, name, content, syntax, variables, declared_variables, settings,
      data, meta, tags, grants, commit_message, author_id, created_at)
    select gen_random_uuid(), made.id, number, repeat('0', 64), made.name,
      case number when 1 then given.content else 'A draft of alpha beta gamma' end, 'braces', '[]', 0, '{}', '{}', '{}', '{}',
      '[]', '', made.created_by, now()
    from made join json_to_recordset($1) as given (id uuid, content text) on given.id = made.id, generate_series(1, 2) number
    returning prompt_id, number, author_id
  )
  insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
  select prompt_id, 'production', 1, now(), author_id, now(), author_id from said where number = 1`;

const random = randomNumbers(20_260_310);
const pick = <T>(all: readonly [T, ...T[]]): T => all[random(all.length)] ?? all[0];
const some = (all: readonly string[]) => all.filter(() => random(3) === 0);

let server: TestServer;
let people: Person[];
let models: Model[];

beforeAll(async () => {
  server = await startTestServer();
  const [alice, bob, grantee, member, stranger, admin] = [
    await aUser(server, { username: 'alpha-maker' }),
    await aUser(server),
    await aUser(server),
    await aUser(server),
    await aUser(server),
    await aUser(server, { role: 'admin' }),
  ];
  const groups = [await aGroup(server, [member, grantee]), await aGroup(server, [member])];
  const [first, second] = groups.map(({ id }) => id);
  const principals = [null, alice.id, grantee.id, member.id, first ?? null, second ?? null] as const;
  models = Array.from({ length: 120 }, (_, i) => ({
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    name: `${pick(['cmd', 'Befehl', 'a_b', '命令'])}-${i}`,
    title: random(3) === 0 ? null : `${pick(['A', 'b', 'Ä'])} ${some(words).join(' ')}`,
    content: some(words).join('\n') || 'nothing',
    tags: some(tagNames),
    maker: pick([alice, bob]),
    visibility: random(8) === 0 ? 'public' : 'private',
    is_active: random(5) > 0,
    grants: principals
      .filter(() => random(7) === 0)
      .map((principal) => ({ principal, permission: pick(['read', 'write'] as const) })),
  }));
  const rows = models.map(({ maker, ...model }) => ({ ...model, maker: maker.id }));
  await server.database.pool.query(insert, [JSON.stringify(rows)]);
  for (const { id, grants } of models) {
    for (const { principal, permission } of grants) await grantTo(server.database.pool, principal, permission, [id]);
  }
  const workspace = await server.database.pool.query<{ id: string }>(`select id from owner where slug = 'workspace'`);
  const ownerId = workspace.rows[0]?.id ?? '';
  const bound = models.find(({ maker, visibility }) => maker === alice && visibility === 'private')?.id ?? '';
  const granted = (user: TestUser, name: string, ...groupIds: (string | undefined)[]): Person => ({
    name,
    token: user.key,
    id: user.id,
    principals: [null, user.id, ...groupIds.map((id) => id ?? null)],
    reads: 'granted',
  });
  people = [
    granted(alice, 'a maker'),
    granted(bob, 'another maker'),
    granted(grantee, 'a grantee', first),
    granted(member, 'a member of groups', first, second),
    granted(stranger, 'a stranger'),
    { ...granted(admin, 'an admin'), reads: 'all' },
    { ...granted(alice, 'a key of the workspace'), token: await aKey(server, alice.id, { ownerId }) },
    {
      ...granted(alice, 'a key of a prompt'),
      token: await aKey(server, alice.id, { promptId: bound }),
      reads: { only: bound },
    },
    // Admins are owners of the workspace.
    { ...granted(admin, 'an admin’s key that is no admin’s'), token: await aKey(server, admin.id), reads: 'all' },
  ];
}, 240_000);
afterAll(() => server.stop());

function mayRead({ reads, id, principals }: Person, model: Model): boolean {
  if (model.visibility === 'public' || reads === 'all') return true;
  if (reads !== 'granted' && model.id !== reads.only) return false;
  const isGranted = model.grants.some(
    ({ principal, permission }) => permission === 'read' && principals.includes(principal),
  );
  return model.maker.id === id || isGranted;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const holds = (text: string, word: string) => text.toLowerCase().includes(word.toLowerCase());

function isMeant(
  { id }: Person,
  model: Model,
  { query = '', tag = '', view_option = '' }: Record<string, string>,
): boolean {
  if (view_option === 'created' && model.maker.id !== id) return false;
  if (view_option === 'shared' && model.maker.id === id) return false;
  if (tag !== '' && !model.tags.some((own) => same(own, tag))) return false;
  const searched = [model.title ?? model.name, model.name, model.content, model.maker.username, model.maker.email];
  return searched.some((text) => holds(text, query));
}

const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function sorted(found: readonly Model[], { direction }: Record<string, string>): string[] {
  const keyOf = ({ title, name }: Model) => (title ?? name).toLowerCase();
  const ascending = [...found].sort((a, b) => byCodePoint(keyOf(a), keyOf(b)) || byCodePoint(a.id, b.id));
  return (direction === 'asc' ? ascending : ascending.reverse()).map(({ id }) => id);
}

it('finds the same prompts as a check of every prompt, for every caller and in order', async () => {
  for (let i = 0; i < 300; i += 1) {
    const person = people[i % people.length] ?? people[0];
    if (!person) throw new Error('nobody');
    const query: Record<string, string> = {
      query: pick([
        '',
        '',
        'a',
        'BETA',
        'beta b',
        'cmd-1',
        '%',
        '_',
        '\\',
        '{{NAME}}',
        '本',
        'É',
        'draft',
        'alpha-maker',
        '.com',
        'zz',
      ]),
      tag: pick(['', '', '', 'one', 'TWO', 'Drei', 'ün', 'ÜNF']),
      view_option: pick(['', '', 'created', 'shared']),
      order_by: 'name',
      direction: pick(['asc', 'desc']),
    };
    const expected = sorted(
      models.filter((model) => mayRead(person, model) && isMeant(person, model, query)),
      query,
    );
    const page = 1 + random(3);
    const { body } = await openWebUi(server, person.token).search({ ...query, page: String(page) });
    const items = body.items.map(({ id }) => id);
    const shown = expected.slice((page - 1) * 30, page * 30);
    expect([i, person.name, query, body.total, items]).toEqual([i, person.name, query, expected.length, shown]);
  }
}, 240_000);

it('lists the active ones of these prompts, and their tags', async () => {
  for (const person of people) {
    const expected = models.filter((model) => model.is_active && mayRead(person, model));
    const client = openWebUi(server, person.token);
    const listed = JSON.parse((await client.list()).text) as { id: string }[];
    expect([person.name, listed.map(({ id }) => id).sort()]).toEqual([
      person.name,
      expected.map(({ id }) => id).sort(),
    ]);
    const tags = [...new Set(expected.flatMap((model) => model.tags))].sort(byCodePoint);
    expect([person.name, (await client.tags()).body]).toEqual([person.name, tags]);
  }
});

it('opens exactly these prompts', async () => {
  for (const person of people) {
    const client = openWebUi(server, person.token);
    for (const model of models.slice(0, 30)) {
      const [byId, byCommand] = [await client.get(model.id), await client.byCommand(model.name)];
      const expected = mayRead(person, model) ? [200, 200] : [404, 401];
      expect([person.name, model.id, byId.status, byCommand.status]).toEqual([person.name, model.id, ...expected]);
    }
  }
});
