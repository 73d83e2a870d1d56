// Fills the empty database in DATABASE_URL: node --import ./bench/search/typescript.mjs bench/search/seed.ts [prompts]
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { migrate } from '../../src/database/migrate.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { Prompt } from '../../src/prompts/prompt.entity.js';
import { seed } from './corpus.js';

const url = process.env['DATABASE_URL'] ?? '';
const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }, [Prompt]));
await migrate(orm, url);
await orm.close();

const client = new pg.Client(url);
await client.connect();
const started = performance.now();
const { prompts } = await seed(client, Number(process.argv[2] ?? 100_000));
console.log(`${prompts} prompts in ${((performance.now() - started) / 1000).toFixed(1)} s`);
await client.end();
