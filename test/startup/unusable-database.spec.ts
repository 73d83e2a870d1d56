import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../../src/app/app.entities.js';
import { migrate } from '../../src/database/migrate.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { explainFailure } from '../../src/app/explain-failure.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase('template0');
});
afterEach(() => database.drop());

/** The errors of a start with the database. */
async function startOn(url: string): Promise<string | undefined> {
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }, entities));
  try {
    await migrate(orm, url);
    return undefined;
  } catch (error) {
    return explainFailure(error);
  } finally {
    await orm.close();
  }
}

/** Has every later session believe that one of PostgreSQL's own functions answers that. */
async function pretend(definition: string): Promise<void> {
  await database.pool.query('create schema pretended');
  await database.pool.query(`create function pretended.${definition}`);
  const name = new URL(database.url).pathname.slice(1);
  await database.pool.query(`alter database ${name} set search_path = pretended, pg_catalog, public`);
}

it.each([
  ['14.23', 140_023, 'PostgreSQL 15 or newer is needed; the server of DATABASE_URL is 14.23.'],
  ['9.6.24', 90_624, 'PostgreSQL 15 or newer is needed; the server of DATABASE_URL is 9.6.24.'],
  ['15.0', 150_000, undefined],
])('answers PostgreSQL %s with the minimum version', async (version, number, said) => {
  await pretend(`current_setting(name text) returns text language sql as $$ select case name
    when 'server_version' then '${version}' when 'server_version_num' then '${number}'
    else pg_catalog.current_setting(name) end $$`);
  expect(await startOn(database.url)).toBe(said);
});

it('recognises a standby', async () => {
  await pretend('pg_is_in_recovery() returns boolean language sql as $$ select true $$');
  expect(await startOn(database.url)).toMatch(/^the server of DATABASE_URL is a standby.*primary\.$/);
});

it('requires a database with the encoding UTF8', async () => {
  const name = `${new URL(database.url).pathname.slice(1)}_latin`;
  await database.pool.query(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
  const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  expect(await startOn(url)).toBe('the database of DATABASE_URL has the encoding LATIN1: it must be UTF8.');
  await database.pool.query(`drop database ${name} with (force)`);
});

it('logs in one line what is refused', async () => {
  const at = (changes: Partial<URL>) => Object.assign(new URL(database.url), changes).href;
  expect(await startOn(at({ pathname: '/nowhere' }))).toBe(
    'the database of DATABASE_URL refuses: database "nowhere" does not exist',
  );
  expect(await startOn(at({ password: 'wrong' }))).toMatch(
    /^the database of DATABASE_URL refuses: password authentication failed for user "\w+"$/,
  );
  await pretend(`pg_is_in_recovery() returns boolean language plpgsql as $$ begin
    raise insufficient_privilege using message = E'permission denied\n for schema public';
  end $$`);
  expect(await startOn(database.url)).toBe('the database of DATABASE_URL refuses: permission denied for schema public');
});
