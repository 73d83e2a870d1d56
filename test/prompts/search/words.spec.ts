import { randomUUID } from 'node:crypto';
import { toPromptSummary } from '../../../src/prompts/prompts.mapper.js';
import { type PromptSearch, PromptSearcher } from '../../../src/prompts/search/prompt-searcher.js';
import { VisibilityScopesService } from '../../../src/prompts/search/visibility-scopes.service.js';
import {
  insertPrompts,
  insertUser,
  type PromptRow,
  type SearchDatabase,
  startSearchDatabase,
  primaryReads,
} from './search-database.js';

const alice = randomUUID();
const bob = randomUUID();

/** Later prompts are newer; they are identified by name. */
const prompts: Partial<PromptRow>[] = [
  { name: 'review', description: 'exact, never downloaded' },
  { name: 'review-code', description: 'starts with it', download_count: 5 },
  { name: 'review-mail', description: 'starts with it', download_count: 5 },
  { name: 'code-review', description: 'holds it', download_count: 900 },
  { name: 'helper', description: 'A careful REVIEW of code', download_count: 5000 },
  { name: 'tagged', description: '', tags: ['Peer Review', 'ab'] },
  { name: 'Größe', description: 'ÉTÉ und ΟΔΟΣ, İstanbul, 日本語の要約', tags: ['Übung'] },
  { name: 'percent', description: '100%sure' },
  { name: 'permille', description: '1000-sure' },
  { name: 'under', description: 'snake_case' },
  { name: 'over', description: 'snakeXcase' },
  { name: 'slash', description: String.raw`C:\temp "quoted" c++` },
  { name: 'abacus', description: 'starts with two letters of a tag' },
  { name: 'xab', description: 'ab within, and as a word: ab' },
  { name: 'two words', description: 'as other protocols name them' },
  { name: 'bobs', description: 'of bob', owner_id: bob, created_by: bob },
];

describe('search by words', () => {
  let server: SearchDatabase;
  let repository: PromptSearcher;

  beforeAll(async () => {
    server = await startSearchDatabase();
    repository = new PromptSearcher(primaryReads(server.orm), new VisibilityScopesService(server.orm.em));
    await insertUser(server.client, alice, 'alice');
    await insertUser(server.client, bob, 'bob');
    await insertPrompts(server.client, prompts.map(aPrompt));
  });

  afterAll(() => server.stop());

  const names = async (search: Partial<PromptSearch>): Promise<string[]> =>
    (await repository.search({ limit: 100, offset: 0, ...search }, undefined)).map(({ name }) => name);

  it.each([
    ['review', ['review', 'review-mail', 'review-code', 'code-review', 'helper', 'tagged']],
    ['  REVIEW ', ['review', 'review-mail', 'review-code', 'code-review', 'helper', 'tagged']],
    ['review code', ['code-review', 'helper', 'review-code'].sort(byDownloads)],
    ['code review', ['helper', 'code-review', 'review-code']],
    ['peer', ['tagged']],
    ['peer review', ['tagged']],
    ['GRÖSSE', []],
    ['GRÖßE', ['Größe']],
    ['größe', ['Größe']],
    ['été', ['Größe']],
    ['οδοσ', ['Größe']],
    ['ΟΔΟΣ,', ['Größe']],
    ['İSTAN', ['Größe']],
    ['本語の', ['Größe']],
    ['übu', ['Größe']],
    ['0%s', ['percent']],
    ['%%%', []],
    ['e_c', ['under']],
    [String.raw`:\t`, ['slash']],
    ['"quoted"', ['slash']],
    ['c++', ['slash']],
    ['ab', ['abacus', 'tagged']],
    ['AB', ['abacus', 'tagged']],
    ['a', ['abacus']],
    ['a review', []],
    ['ab review', ['tagged']],
    ['x', ['xab']],
    ['two words', ['two words']],
    ['words two', ['two words']],
    ['case snake_', ['under']],
    ['sure 100', ['permille', 'percent']],
    ['sure\treview', []],
    ['review mail starts', ['review-mail']],
  ])('finds for %j the prompts with every word, the best first', async (q, expected) => {
    await expect(names({ q })).resolves.toEqual(expected);
  });

  it.each(['', ' ', '\t\n', '\u3000', undefined])('treats %j as no words: all prompts, newest first', async (q) => {
    await expect(names({ q })).resolves.toEqual(prompts.map(({ name }) => name).reverse());
  });

  it('stays cheap and exact for hundreds of words and thousands of characters', async () => {
    const words = Array.from({ length: 400 }, (_, i) => `w${i}`);
    await expect(names({ q: `review ${words.join(' ')}` })).resolves.toEqual([]);
    await expect(names({ q: 'review '.repeat(500) })).resolves.toContain('helper');
    await expect(names({ q: 'r'.repeat(5000) })).resolves.toEqual([]);
  });

  it.each([
    ['newest', ['tagged', 'helper', 'code-review']],
    ['downloads', ['helper', 'code-review', 'review-mail']],
    ['name', ['code-review', 'helper', 'review']],
    ['updated', ['review', 'review-code', 'review-mail']],
  ] as const)('sorts by %s when asked to', async (sort, expected) => {
    await expect(names({ q: 'review', sort, limit: 3 })).resolves.toEqual(expected);
  });

  it("filters by the owner's slug or id in upper and lower case, and finds nothing for an unknown one", async () => {
    await expect(names({ owner: 'Bob' })).resolves.toEqual(['bobs']);
    await expect(names({ owner: bob.toUpperCase() })).resolves.toEqual(['bobs']);
    await expect(names({ owner: 'bob', q: 'review' })).resolves.toEqual([]);
    await expect(names({ owner: 'nobody' })).resolves.toEqual([]);
    await expect(names({ owner: randomUUID() })).resolves.toEqual([]);
  });

  it('filters by a whole tag', async () => {
    await expect(names({ tag: 'peer review' })).resolves.toEqual(['tagged']);
    await expect(names({ tag: 'peer' })).resolves.toEqual([]);
    await expect(names({ tag: 'AB', q: 'review' })).resolves.toEqual(['tagged']);
    await expect(names({ tag: 'ab', q: 'helper' })).resolves.toEqual([]);
  });

  it('answers rows in the form of the protocol', async () => {
    const [hit] = await repository.search({ q: 'helper', limit: 1, offset: 0 }, undefined);
    expect(hit && toPromptSummary(hit)).toEqual({
      id: expect.any(String),
      name: 'helper',
      description: 'A careful REVIEW of code',
      owner_id: alice,
      owner_username: 'alice',
      visibility: 'public',
      tags: [],
      download_count: 5000,
      created_at: '2026-01-05T00:00:00.000Z',
      updated_at: '2026-02-24T00:00:00.000Z',
    });
  });

  it('sees a change of any kind at once', async () => {
    const change = (set: string) => server.client.query(`update prompt set ${set} where name like 'bobs%'`);
    await change(`description = 'freshly written'`);
    await expect(names({ q: 'freshly' })).resolves.toEqual(['bobs']);
    await change(`visibility = 'private'`);
    await expect(names({ q: 'freshly' })).resolves.toEqual([]);
    await change(`visibility = 'public', deleted_at = now()`);
    await expect(names({ q: 'freshly' })).resolves.toEqual([]);
    await change('deleted_at = null, download_count = 10000');
    await expect(names({ sort: 'downloads', limit: 2 })).resolves.toEqual(['bobs', 'helper']);
    await server.client.query(`update prompt set download_count = 10001 where name = 'helper'`);
    await expect(names({ sort: 'downloads', limit: 2 })).resolves.toEqual(['helper', 'bobs']);
    await server.client.query(`update prompt set download_count = 5000 where name = 'helper'`);
    await change(`description = 'of bob', download_count = 0`);
  });
});

function byDownloads(a: string, b: string): number {
  const count = (name: string) => prompts.find((prompt) => prompt.name === name)?.download_count ?? 0;
  return count(b) - count(a);
}

function aPrompt(given: Partial<PromptRow>, i: number): PromptRow {
  return {
    id: randomUUID(),
    owner_id: alice,
    name: '',
    description: '',
    visibility: 'public',
    tags: [],
    download_count: 0,
    created_by: alice,
    created_at: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
    updated_at: new Date(Date.UTC(2026, 1, 28 - i)).toISOString(),
    ...given,
  };
}
