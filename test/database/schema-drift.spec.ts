import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../../src/app/app.entities.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { createTestDatabase } from '../support/test-database.js';

/** What the ORM would change in the migrated schema, and why it is right as it is. */
const expected: [difference: RegExp, reason: string][] = [
  [/^drop (index|trigger|function) /, 'migrations alone define indexes, triggers and functions'],
  [/^alter table \S+ drop constraint "\w+(?<!_pkey)";$/, 'migrations alone define checks, foreign and unique keys'],
  [/^drop table if exists "(prompt_search|prompt_reader)" cascade;$/, 'triggers alone write what search reads'],
  [/^drop table if exists "(live_prompt|live_text)" cascade;$/, 'triggers alone write what lists of live prompts read'],
  [/^alter table "label_move" alter column "sequence" drop default;$/, 'the ORM knows no identity column inside a key'],
];

async function differences(): Promise<string[]> {
  const { url, drop } = await createTestDatabase();
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }, entities));
  const statements = (await orm.schema.getUpdateSchemaSQL({ wrap: false })).split('\n').filter(Boolean);
  await orm.close();
  await drop();
  return statements;
}

it('has the same tables and columns in the migrations and in the entities', async () => {
  const found = await differences();
  expect(found.filter((statement) => !expected.some(([difference]) => difference.test(statement)))).toEqual([]);
  const unused = expected.filter(([difference]) => !found.some((statement) => difference.test(statement)));
  expect(unused).toEqual([]);
});
