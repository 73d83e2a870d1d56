import fc from 'fast-check';
import { isAllowed } from '../../../src/auth/access/access-policy.js';
import type { Caller } from '../../../src/auth/access/principal.js';
import { guardedColumns, type GuardedRow, toGuarded } from '../../../src/prompts/guarded-prompt.queries.js';
import { type PromptSearch, PromptSearcher } from '../../../src/prompts/search/prompt-searcher.js';
import { VisibilityScopesService } from '../../../src/prompts/search/visibility-scopes.service.js';
import { grantTo, insertGroup } from '../../support/grants.js';
import { searchModel } from './model.js';
import {
  aPrincipal,
  insertOrganization,
  insertPrompts,
  insertUser,
  type PromptRow,
  type SearchDatabase,
  startSearchDatabase,
  primaryReads,
} from './search-database.js';

/** Uses the query plans for common words even with a few prompts. */
class SearchWithLowLimits extends PromptSearcher {
  protected override readonly walkRows = 2;
  protected override readonly probeRows = 1;
}

const id = (kind: string, n: number) => `${kind}0000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const [alice, bob] = [id('a', 1), id('a', 2)];
const [workspace, team] = [id('c', 1), id('c', 2)];
const [readers, writers] = [id('d', 1), id('d', 2)];
const owners = [alice, bob, workspace, team];

const callers: Caller[] = [
  undefined,
  aPrincipal(alice),
  aPrincipal(alice, { via: 'open-webui' }),
  aPrincipal(bob),
  aPrincipal(alice, { boundOwnerId: team }),
  aPrincipal(alice, { boundPromptId: id('1', 0) }),
  aPrincipal(bob, { isAdmin: true, scopes: new Set(['admin'] as const) }),
];

// Few letters and few words, so that much coincides; those that LIKE knows are among them.
const word = fc.oneof(
  fc.constantFrom('abab', 'baba', 'aba', 'ab', 'a', 'Äbä', 'äBÄ', 'a%b', 'a_b', String.raw`a\b`, 'ab-ab'),
  fc.string({ unit: fc.constantFrom('a', 'B', 'ä', '%', '_', '\\', '-'), minLength: 1, maxLength: 6 }),
);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
const day = fc.integer({ min: 1, max: 5 }).map((n) => new Date(Date.UTC(2026, 0, n)).toISOString());

const content = fc.record({
  owner_id: fc.constantFrom(...owners),
  name: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join('-')),
  description: text,
  visibility: fc.constantFrom('public' as const, 'private' as const),
  tags: fc.array(word, { maxLength: 2 }),
  download_count: fc.oneof(fc.nat(3), fc.integer({ min: 14, max: 40 }), fc.nat(1e9)),
  created_by: fc.constantFrom(alice, bob),
  created_at: day,
  updated_at: day,
});
// Every third prompt is in the sample that estimates the number of hits.
const sampledId = (i: number) => id(String(1 + (i % 3)), i % 3 === 0 ? i * 256 : i * 256 + 1);
const prompts = fc
  .uniqueArray(content, { maxLength: 40, selector: ({ owner_id, name }) => `${owner_id} ${name}` })
  .map((rows) => rows.map((row, i): PromptRow => ({ id: sampledId(i), ...row })));

interface Grant {
  readonly prompt: number;
  readonly principal: string | null;
  readonly permission: 'read' | 'write';
}
// Many to few, so that much is granted in several ways.
const grants: fc.Arbitrary<Grant[]> = fc.uniqueArray(
  fc.record({
    prompt: fc.nat(39),
    principal: fc.constantFrom(null, alice, bob, readers, writers),
    permission: fc.constantFrom('read', 'write'),
  }),
  { maxLength: 40, selector: ({ prompt, principal, permission }) => `${prompt} ${principal} ${permission}` },
);

const search: fc.Arbitrary<PromptSearch> = fc.record({
  q: fc.option(text, { nil: undefined }),
  owner: fc.option(fc.constantFrom(...owners), { nil: undefined, freq: 3 }),
  tag: fc.option(word, { nil: undefined, freq: 4 }),
  sort: fc.option(fc.constantFrom('relevance', 'newest', 'updated', 'downloads', 'name'), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 12 }),
  offset: fc.oneof(fc.constant(0), fc.nat(20)),
});

describe('search compared with a model', () => {
  let server: SearchDatabase;

  beforeAll(async () => {
    server = await startSearchDatabase();
    await insertUser(server.client, alice, 'alice');
    await insertUser(server.client, bob, 'bob');
    await insertOrganization(
      server.client,
      { id: workspace, slug: 'workspace', memberAccess: 'none' },
      { [alice]: 'member', [bob]: 'member' },
    );
    await insertOrganization(server.client, { id: team, slug: 'team', memberAccess: 'read' }, { [alice]: 'member' });
    await insertGroup(server.client, readers, [alice]);
    await insertGroup(server.client, writers, [alice, bob]);
  });

  afterAll(() => server.stop());

  async function readable(rows: readonly PromptRow[], caller: Caller): Promise<PromptRow[]> {
    const guarded = await server.client.query<GuardedRow>(
      `select ${guardedColumns} from prompt p join owner o on o.id = p.owner_id
       left join membership m on m.organization_id = o.id and m.user_id = $1`,
      [caller?.userId],
    );
    const ids = guarded.rows.map(toGuarded).filter((prompt) => isAllowed(caller, 'read', prompt));
    return rows.filter((row) => ids.some(({ promptId }) => promptId === row.id));
  }

  it.each([
    ['as it is', PromptSearcher],
    ['with every word taken for a common one', SearchWithLowLimits],
  ])(
    'returns the same pages, %s',
    async (_, Repository) => {
      const repository = new Repository(primaryReads(server.orm), new VisibilityScopesService(server.orm.em));
      const searches = fc.array(fc.tuple(search, fc.constantFrom(...callers)), { minLength: 6, maxLength: 6 });
      const check = async (
        before: PromptRow[],
        granted: Grant[],
        changes: Partial<PromptRow>[],
        inputs: [PromptSearch, Caller][],
      ) => {
        const rows = await write(server, before, granted, changes);
        for (const [input, caller] of inputs) {
          const found = await repository.search(input, caller);
          expect([input, found.map((hit) => hit.id)]).toEqual([
            input,
            searchModel(await readable(rows, caller), input),
          ]);
        }
      };
      const change = fc.record(
        {
          description: text,
          download_count: fc.nat(100),
          visibility: fc.constantFrom('public' as const, 'private' as const),
          tags: fc.array(word),
        },
        { requiredKeys: [] },
      );
      await fc.assert(fc.asyncProperty(prompts, grants, fc.array(change, { maxLength: 5 }), searches, check), {
        numRuns: 60,
      });
    },
    180_000,
  );

  it.each(['relevance', 'newest', 'updated', 'downloads', 'name'] as const)(
    'neither repeats nor skips results between pages, by %s',
    async (sort) => {
      const repository = new SearchWithLowLimits(primaryReads(server.orm), new VisibilityScopesService(server.orm.em));
      const [many = []] = fc.sample(fc.array(content, { minLength: 300, maxLength: 300 }), { numRuns: 1, seed: 7 });
      const rows = many.map((row, i) => ({ ...row, id: sampledId(i), name: `${row.name}-${i}`, tags: ['aba'] }));
      const granted = rows.flatMap((_, prompt): Grant[] => [
        { prompt, principal: null, permission: 'write' },
        { prompt, principal: prompt % 2 ? readers : alice, permission: 'read' },
      ]);
      await write(server, rows, granted, []);
      for (const q of ['aba', 'ab', undefined]) {
        const visible = await readable(rows, callers[1]);
        for (let offset = 0; offset < 280; offset += offset < 50 ? 5 : 40) {
          const input = { q, sort, limit: 5, offset };
          const found = await repository.search(input, callers[1]);
          expect([input, found.map((hit) => hit.id)]).toEqual([input, searchModel(visible, input)]);
        }
      }
    },
  );
});

/** Puts the prompts with their grants in place of all others, then changes the first few of them. */
async function write(
  { client }: SearchDatabase,
  before: readonly PromptRow[],
  granted: readonly Grant[],
  changes: readonly Partial<PromptRow>[],
): Promise<PromptRow[]> {
  await client.query('delete from prompt_grant');
  await client.query('delete from prompt');
  await insertPrompts(client, before);
  for (const { prompt, principal, permission } of granted) {
    const row = before[prompt];
    if (row) await grantTo(client, principal, permission, [row.id]);
  }
  const rows = before.map((row, i) => ({ ...row, ...changes[i] }));
  for (const [i, change] of changes.entries()) {
    const columns = Object.keys(change);
    if (!before[i] || columns.length === 0) continue;
    const assignments = columns.map((column, n) => `${column} = $${n + 2}`).join(', ');
    await client.query(`update prompt set ${assignments} where id = $1`, [before[i].id, ...Object.values(change)]);
  }
  return rows;
}
