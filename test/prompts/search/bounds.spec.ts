import { randomUUID } from 'node:crypto';
import { type Corpus, seed, twentyWords } from '../../../bench/seed/corpus.js';
import type { Caller } from '../../../src/auth/access/principal.js';
import { type PromptSearch, PromptSearcher } from '../../../src/prompts/search/prompt-searcher.js';
import { VisibilityScopesService } from '../../../src/prompts/search/visibility-scopes.service.js';
import { ExplainedStatements } from '../../support/plans/explained-statements.js';
import { grantTo, insertGroup } from '../../support/grants.js';
import { type PlanNode, rowsRead, rowsReadBy } from '../../support/plans/query-plan.js';
import { aPrincipal, insertUser, type SearchDatabase, startSearchDatabase, primaryReads } from './search-database.js';

/** Rows of tables that one statement may read, of 100 000 prompts and for any words; more only for each hit needed. */
const rowsPerStatement = 4_500;
const rowsPerHit = 5;
const statementsPerSearch = 12;

// Of an empty table no index would be faster.
const isSeqScanOfPrompts = (node: PlanNode) =>
  node['Node Type'] === 'Seq Scan' && /^prompt/.test(node['Relation Name'] ?? '') && rowsReadBy(node) > 0;

const allRowsRead = (plan: readonly PlanNode[]) => Object.values(rowsRead(plan)).reduce((sum, rows) => sum + rows, 0);

describe('the rows that a search reads of 100 000 prompts', () => {
  let server: SearchDatabase;
  let corpus: Corpus;
  let statements: ExplainedStatements;
  let repository: PromptSearcher;

  beforeAll(async () => {
    server = await startSearchDatabase();
    corpus = await seed(server.client, 100_000);
    statements = await ExplainedStatements.of(server.orm);
    repository = new PromptSearcher(primaryReads(server.orm), new VisibilityScopesService(server.orm.em));
  }, 600_000);

  afterAll(() => server.stop());

  async function read(search: Partial<PromptSearch>, caller?: Caller) {
    statements.plans.length = 0;
    const hits = await repository.search({ limit: 20, offset: 0, ...search }, caller);
    const { plans } = statements;
    return {
      hits: hits.length,
      statements: plans.length,
      most: Math.max(...plans.map(allRowsRead)),
      seqScans: plans.flat().filter(isSeqScanOfPrompts).length,
    };
  }

  async function expectBounded(search: Partial<PromptSearch>, caller?: Caller, rows = rowsPerStatement) {
    let found = { hits: 0, statements: 0, most: 0, seqScans: 0 };
    for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
      statements.planMode = mode;
      found = await read(search, caller);
      expect({ mode, ...found }).toEqual({ mode, ...found, seqScans: 0 });
      expect(found.statements).toBeLessThanOrEqual(statementsPerSearch);
      expect(found.most).toBeLessThanOrEqual(rows);
    }
    return found;
  }

  it.each(twentyWords)('are bounded for %j', async (q) => {
    await expectBounded({ q });
  });

  it.each(['relevance', 'newest', 'updated', 'downloads', 'name'] as const)(
    'are bounded for words of any frequency sorted by %s',
    async (sort) => {
      for (const q of ['assistant', 'kubernetes', 'zeugma', 'backwater', 'vintage']) await expectBounded({ q, sort });
    },
  );

  it.each([
    ['a common word that no popular prompt has', { q: 'backwater' }, 20],
    ['a common word that no new prompt has', { q: 'vintage', sort: 'newest' }, 20],
    ['two common words that never meet', { q: 'evenly oddly' }, 0],
    ['a common tag with a rare word', { q: 'zeugma', tag: 'general' }, undefined],
    ['a common tag alone', { tag: 'general' }, 20],
    ['a common tag with a common word', { q: 'assistant', tag: 'general' }, 20],
    ['a rare tag with a common word', { q: 'assistant', tag: 'Set 7' }, 20],
    ['a word whose other hits are private', { q: 'secretive' }, 20],
    ['one letter', { q: 'c' }, 20],
    ['one letter that starts no name', { q: 'z' }, 0],
    ['one letter and a common word', { q: 's assistant' }, 20],
    ['no word', {}, 20],
    ['signs', { q: '%%%' }, 0],
    ['an owner of 50 000', { owner: 'user-1' }, 20],
    ['an owner of 50 000 and a word that it has', { owner: 'user-1', q: 'evenly' }, 20],
    ['an owner of 50 000 and a common word that it lacks', { owner: 'user-1', q: 'oddly' }, 0],
    ['an owner of 50 000 and a rare word', { owner: 'user-1', q: 'falconry' }, undefined],
    ['an owner of few and a common word', { owner: 'user-7', q: 'assistant' }, 20],
  ] as [string, Partial<PromptSearch>, number | undefined][])('are bounded for %s', async (_, search, hits) => {
    const found = await expectBounded(search);
    if (hits !== undefined) expect(found.hits).toBe(hits);
  });

  it('are bounded for members, owners of many prompts and admins', async () => {
    const admin = aPrincipal(corpus.user.id, { isAdmin: true, scopes: new Set(['admin'] as const) });
    for (const caller of [aPrincipal(corpus.user.id), aPrincipal(corpus.bigOwner.id), admin]) {
      for (const q of ['secretive', 'assistant', 'zeugma', 'backwater', undefined]) await expectBounded({ q }, caller);
    }
  });

  it('grow with the page only, on late pages', async () => {
    for (const q of ['assistant', 'haiku', 'backwater', undefined]) {
      const found = await expectBounded({ q, offset: 1000 }, undefined, rowsPerStatement + rowsPerHit * 1020);
      expect(found.hits).toBe(20);
    }
  });

  describe('with 10 000 private ones granted to every user, and 1 000 to each of five groups', () => {
    const groups = Array.from({ length: 5 }, () => randomUUID());
    const [reader, groupReader] = [randomUUID(), randomUUID()];

    beforeAll(async () => {
      const { client } = server;
      await insertUser(client, reader, 'reader');
      await insertUser(client, groupReader, 'group-reader');
      // The newest are granted in many ways at once: a row of each way is read for one prompt.
      const newest = 'select id from prompt where visibility = $1 order by created_at desc';
      const { rows } = await client.query<{ id: string }>(newest, ['private']);
      const ids = rows.map(({ id }) => id);
      await grantTo(client, null, 'read', ids);
      for (const [i, group] of groups.entries()) {
        await insertGroup(client, group, [groupReader]);
        await grantTo(
          client,
          group,
          i < 3 ? 'read' : 'write',
          ids.slice(i < 3 ? 0 : 1000 * i, 1000 * (i + 1)).slice(0, 1000),
        );
      }
      await client.query('vacuum analyze');
      expect(ids.length).toBeGreaterThan(9_500);
    }, 300_000);

    const callers = () => [
      aPrincipal(reader),
      aPrincipal(groupReader),
      aPrincipal(groupReader, { via: 'open-webui' }),
      aPrincipal(groupReader, { boundOwnerId: corpus.bigOwner.id }),
      aPrincipal(corpus.bigOwner.id),
    ];

    it.each(['relevance', 'newest', 'updated', 'downloads', 'name'] as const)(
      'are bounded when sorted by %s',
      async (sort) => {
        for (const caller of callers()) {
          for (const q of ['secretive', 'zeugma', undefined]) await expectBounded({ q, sort }, caller);
        }
      },
      120_000,
    );

    it.each([
      ['a common tag', { tag: 'general' }, 20],
      ['a common tag with a common word', { tag: 'general', q: 'secretive' }, 20],
      ['a rare tag', { tag: 'Set 7' }, 20],
      ['an owner of 5 000 that are granted', { owner: 'user-1', q: 'secretive' }, 20],
      ['an owner of few that are granted', { owner: 'workspace', sort: 'name' }, 20],
      ['an owner whose are not granted', { owner: 'reader' }, 0],
    ] as [string, Partial<PromptSearch>, number][])('are bounded for %s', async (_, search, hits) => {
      for (const caller of [aPrincipal(reader), aPrincipal(groupReader)]) {
        expect((await expectBounded(search, caller)).hits).toBe(hits);
      }
    });

    it('find a prompt once that is granted in many ways', async () => {
      for (const sort of ['newest', 'updated', 'downloads', 'name', 'relevance'] as const) {
        const hits = await repository.search({ q: 'secretive', sort, limit: 100, offset: 0 }, aPrincipal(groupReader));
        expect(new Set(hits.map(({ id }) => id)).size).toBe(100);
      }
    });
  });

  it('do not include writes to the search index for downloads', async () => {
    const find = `select s.id, s.ctid::text from prompt_search s join prompt p using (id)
      where p.download_count between 10000 and 10100 order by p.id limit 1`;
    const { rows: before } = await server.client.query(find);
    await server.client.query('update prompt set download_count = download_count + 1 where id = $1', [before[0]?.id]);
    const { rows: after } = await server.client.query('select id, ctid::text from prompt_search where id = $1', [
      before[0]?.id,
    ]);
    expect(after).toEqual(before);
  });
});
