// Searches per second at 8 connections, next to a floor: one ILIKE over a trigram index that sorts every hit.
// On the database that seed.ts filled: node --import ./bench/search/typescript.mjs bench/search/measure.ts [seconds]
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { Database } from '../../src/database/database.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { Prompt } from '../../src/prompts/prompt.entity.js';
import { PromptSearchRepository } from '../../src/prompts/search/prompt-search.repository.js';
import { ReadableShelves } from '../../src/prompts/search/readable-shelves.js';
import { twentyWords } from './corpus.js';

const CONNECTIONS = 8;
const url = process.env['DATABASE_URL'] ?? '';
const milliseconds = Number(process.argv[2] ?? 8) * 1000;

const orm = await MikroORM.init(ormOptions({ url, poolSize: CONNECTIONS }, [Prompt]));
const database = new Database(orm);
const repository = new PromptSearchRepository(database, new ReadableShelves(database));
const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });

const naive = `
  select p.*, o.slug from prompt p join owner o on o.id = p.owner_id
  where p.deleted_at is null and p.visibility = 'public'
    and (p.name || ' ' || p.description) ilike '%' || $1 || '%'
  order by p.name = $1 desc, p.name ilike $1 || '%' desc, p.name ilike '%' || $1 || '%' desc,
    p.download_count desc, p.created_at desc limit 20`;

await pool.query(
  `create index if not exists naive_index on prompt using gin ((name || ' ' || description) gin_trgm_ops)`,
);
await pool.query('analyze prompt');
const floor = await rate('floor', (word) => pool.query(naive, [word]));
await pool.query('drop index naive_index');
const ours = await rate('ours', (q) => repository.search({ q, limit: 20, offset: 0 }, undefined));
console.log(`ratio ${(ours / floor).toFixed(1)}`);
for (const q of twentyWords) await report(q);
await Promise.all([pool.end(), orm.close()]);

async function rate(name: string, search: (word: string) => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 6 * CONNECTIONS; i += CONNECTIONS) await Promise.all(words(i, CONNECTIONS).map(search));
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  const worker = async (_: unknown, start: number): Promise<void> => {
    for (let i = start * 7; performance.now() < end; i += 1) {
      const [word = ''] = words(i, 1);
      const started = performance.now();
      await search(word);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  times.sort((a, b) => a - b);
  const perSecond = (times.length * 1000) / milliseconds;
  const at = (share: number) => times[Math.floor(times.length * share)]?.toFixed(1);
  console.log(`${name}: ${perSecond.toFixed(0)}/s, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
  return perSecond;
}

async function report(q: string): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const started = performance.now();
    await repository.search({ q, limit: 20, offset: 0 }, undefined);
    times.push(performance.now() - started);
  }
  console.log(`${q.padEnd(16)} ${times.sort((a, b) => a - b)[5]?.toFixed(1)} ms`);
}

function words(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => twentyWords[(from + i) % twentyWords.length] ?? '');
}
