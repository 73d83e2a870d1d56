import type { ClientBase } from 'pg';

/** Prompts by one recipe, the same each time, with words of known frequency and the cases that are hard to search. */
export interface Corpus {
  readonly prompts: number;
  /** A member of the workspace with few prompts there. */
  readonly user: Account;
  /** Owns every second prompt. */
  readonly bigOwner: Account;
}

export interface Account {
  readonly id: string;
  readonly username: string;
}

/** Words by the share of prompts whose description contains them, independent of everything else. */
export const wordShares: Readonly<Record<string, number>> = {
  assistant: 0.5,
  model: 0.3,
  analysis: 0.2,
  summary: 0.12,
  translate: 0.08,
  refactor: 0.05,
  python: 0.04,
  invoice: 0.03,
  kubernetes: 0.02,
  haiku: 0.015,
  chemistry: 0.01,
  archaeology: 0.005,
  'c++': 0.003,
  overture: 0.001,
  falconry: 0.0003,
  zeugma: 0.0001,
};

const firstWords = ['code', 'email', 'story', 'data', 'support', 'sales', 'legal', 'meeting', 'travel', 'recipe'];
const secondWords = [
  'review',
  'writer',
  'helper',
  'planner',
  'critic',
  'coach',
  'agent',
  'checker',
  'builder',
  'guide',
];
const fillers =
  'you are given the following text and context write a clear short answer in plain language step by step then check every claim'.split(
    ' ',
  );

/** Common and rare words as people search them, in names and in descriptions. */
export const twentyWords = [...Object.keys(wordShares), 'review', 'code', 'review writer', 'plan'];

/** Fills `account`, `membership` and `prompt`, which contain only the rows of a first start. */
export async function seed(client: ClientBase, prompts: number): Promise<Corpus> {
  const people = await seedPeople(client);
  const [user, bigOwner] = people.users;
  if (!user || !bigOwner) throw new Error('a corpus needs two users');
  const rebuildIndexes = await dropIndexes(client);
  const random = randomNumbers(42);
  for (let from = 0; from < prompts; from += 2_000) {
    const rows = Array.from({ length: Math.min(2_000, prompts - from) }, (_, i) =>
      aPrompt(from + i, prompts, people, random),
    );
    await client.query(insertPrompts, [JSON.stringify(rows)]);
  }
  await rebuildIndexes();
  await client.query('vacuum analyze');
  return { prompts, user, bigOwner };
}

/** To fill tables first and build their indexes afterwards takes a third of the time. */
async function dropIndexes(client: ClientBase): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = 'prompt_search' and indexname <> 'prompt_search_pkey'`,
  );
  for (const { indexname } of rows) await client.query(`drop index ${indexname}`);
  return async () => {
    await client.query(`set maintenance_work_mem = '256MB'`);
    for (const { indexdef } of rows) await client.query(indexdef);
    await client.query('alter index prompt_search_keys_index alter column 1 set statistics 0');
  };
}

interface People {
  readonly users: readonly Account[];
  readonly workspaceId: string;
}

async function seedPeople(client: ClientBase): Promise<People> {
  const users = Array.from({ length: 500 }, (_, i) => ({ id: uuid('a', i), username: `user-${i}` }));
  await client.query(
    `insert into owner (id, kind, slug, member_access) values ($1, 'organization', 'workspace', 'none')
     on conflict (slug) do nothing`,
    [uuid('f', 0)],
  );
  const { rows } = await client.query<{ id: string }>(`select id from owner where slug = 'workspace'`);
  const workspaceId = rows[0]?.id ?? '';
  await client.query(
    `with u as (select * from json_to_recordset($1) as u (id uuid, username text)),
       o as (insert into owner (id, kind, slug) select id, 'user', username from u),
       a as (insert into account (id, email, password_hash, role) select id, username || '@localhost', '-', 'user' from u)
     select 1`,
    [JSON.stringify(users)],
  );
  await client.query(`insert into membership select $1, id, 'member' from account on conflict do nothing`, [
    workspaceId,
  ]);
  return { users, workspaceId };
}

const insertPrompts = `
  insert into prompt (id, owner_id, name, description, visibility, tags, download_count, created_by, created_at, updated_at)
  select id, owner_id, name, description, visibility, tags, download_count, created_by, created_at, updated_at
  from json_populate_recordset(null::prompt, $1)`;

function aPrompt(i: number, prompts: number, people: People, random: () => number) {
  const rank = Math.floor(random() * prompts);
  const isPrivate = random() < 0.1;
  const name = `${pick(firstWords, random())}-${pick(secondWords, random())}-${i}`;
  const words = [...wordsOf(i, rank / prompts, isPrivate, random), ...fillers];
  return {
    id: uuid('b', i, Math.floor(random() * 2 ** 32)),
    ...ownerOf(i, isPrivate, people, random),
    name,
    description: words.sort(() => random() - 0.5).join(' '),
    visibility: isPrivate ? 'private' : 'public',
    tags: [random() < 0.4 ? 'general' : `topic-${Math.floor(random() * 300)}`, `Set ${i % 1000}`],
    download_count: rank < prompts / 2 ? Math.floor(prompts / (rank + 1)) + Math.floor(random() * 20) : 0,
    created_at: new Date(Date.UTC(2025, 0, 1) + i * 60_000 + Math.floor(random() * 60_000)),
    updated_at: new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 1e9)),
  };
}

function ownerOf(i: number, isPrivate: boolean, { users, workspaceId }: People, random: () => number) {
  const [, bigOwner, ...others] = users;
  if (i % 2 === 0) return { owner_id: bigOwner?.id, created_by: bigOwner?.id };
  const { id } = pick(others, random());
  return { owner_id: isPrivate ? workspaceId : id, created_by: id };
}

function wordsOf(i: number, popularity: number, isPrivate: boolean, random: () => number): string[] {
  const shares = Object.entries({
    ...wordShares,
    // Common words that are in no popular prompt, or in no new one.
    backwater: popularity < 0.2 ? 0 : 0.4,
    vintage: i < 50_000 ? 1 : 0,
    // Two words that never meet, and one of which nearly all hits are private.
    evenly: i % 2 === 0 ? 1 : 0,
    oddly: i % 2,
    secretive: isPrivate ? 1 : 0.001,
  });
  return shares.filter(([, share]) => random() < share).map(([word]) => word);
}

function uuid(kind: string, a: number, b = 0): string {
  const [high, low] = [a, b].map((n) => n.toString(16).padStart(8, '0'));
  return `${high}-${kind}000-4000-8000-0000${low}`;
}

function pick<T>(from: readonly T[], at: number): T {
  return from[Math.floor(at * from.length)] as T;
}

/** Reproducible (mulberry32), in [0, 1). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
