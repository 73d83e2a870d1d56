import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ServerProcess } from '../resilience/support/server-process.js';
import { eventually } from '../resilience/support/server-environment.js';
import { type ApiCall, call } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { adminPassword, onDisk, testEnvironment } from '../support/test-server.js';
import { anArchive } from '../resilience/support/archives.js';
import { RegistryClient } from '../resilience/support/registry-client.js';
import { type Postgres15, startPostgres15, missingPostgres15Reason } from './support/postgres-15.js';

/**
 * The parts of a schema in the form of both versions, without `not null` constraints, which only the newer one lists.
 */
const catalogue = {
  columns: `select table_name, column_name, data_type, udt_name, collation_name, is_nullable, column_default, generation_expression
    from information_schema.columns where table_schema = 'public' order by table_name, column_name`,
  storage: `select attrelid::regclass::text as "table", attname, attstorage from pg_attribute
    where attnum > 0 and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
    order by 1, 2`,
  indexes: `select indexdef from pg_indexes where schemaname = 'public' order by indexname`,
  constraints: `select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2`,
  triggers: `select pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by 1`,
  functions: `select replace(pg_get_functiondef(p.oid), ' AS s SET', ' s SET') as definition from pg_proc p join pg_language l on l.oid = p.prolang
    where pronamespace = 'public'::regnamespace and lanname <> 'c' and proname <> 'search_fold' order by proname, 1`,
};

/**
 * Each character has a letter before and after it, so that it is neither alone nor at the end of a word. From 1C89 on
 * they are new in Unicode 16.
 */
const everyLetter = `select i, search_fold('a' || chr(i) || 'b') from generate_series(1, 1114111) i
  where i not between 55296 and 57343 and chr(i) <> search_fold(chr(i))
    and i not in (7305, 42955, 42956, 42970, 42972) and i not between 68944 and 68965 order by i`;

const reason = missingPostgres15Reason();
const describeWithIt = reason === undefined ? describe : describe.skip;

describeWithIt(`PostgreSQL 15${reason === undefined ? '' : ` (not run: ${reason})`}`, () => {
  let postgres: Postgres15;
  let pool: pg.Pool;
  let usual: TestDatabase;
  let dataDirectory: string;
  let server: ServerProcess;
  let url: string;
  let token: string;

  const ask = async (method: string, path: string, json?: unknown, how: ApiCall = { token }) => {
    const answer = await call({ url }, method, path, { ...how, json });
    expect([path, answer.status, answer.text]).toEqual([
      path,
      expect.any(Number),
      expect.not.stringMatching(/INTERNAL/),
    ]);
    expect(answer.status).toBeLessThan(400);
    return answer;
  };

  beforeAll(async () => {
    postgres = await startPostgres15();
    execFileSync('createdb', ['--maintenance-db', postgres.url('postgres'), 'schema']);
    const environment = testEnvironment(postgres.url('schema'), tmpdir());
    execFileSync(process.execPath, [join('dist', 'admin', 'main.js'), 'migrate'], {
      env: { ...process.env, ...environment, ...onDisk },
    });
    usual = await createTestDatabase();
    dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-15-'));
    server = new ServerProcess({
      ...testEnvironment(postgres.url('postgres'), dataDirectory),
      ...onDisk,
      LOG_LEVEL: 'warn',
    });
    url = await server.ready();
    const login = { username: 'admin', password: adminPassword };
    ({ token } = (await call({ url }, 'POST', '/v1/auth/login', { json: login })).body);
    pool = new pg.Pool({ connectionString: postgres.url('schema') });
  });
  afterAll(async () => {
    await server.end();
    await pool.end();
    await usual.drop();
    postgres.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it.each(Object.entries(catalogue))('has the same %s as the newest one', async (_, statement) => {
    const [here, there] = await Promise.all([pool.query(statement), usual.pool.query(statement)]);
    expect(here.rows.length).toBeGreaterThan(5);
    expect(here.rows).toEqual(there.rows);
  });

  it.each([
    ['every letter that Unicode 15 knows', everyLetter],
    ['sigma at the end of a word', `select search_fold('ΟΔΟΣ ΟΔΟΣ. Σ ΑΣΑ')`],
    ['the dotted I', `select search_fold('İSTANBUL Iıi'), length(search_fold('İSTANBUL'))`],
    ['combined marks', `select search_fold(U&'A\\030AE\\0301 Å É ß ẞ ǅ Ω K')`],
  ])('folds %s as the newest one', async (_, statement) => {
    const [here, there] = await Promise.all([pool.query(statement), usual.pool.query(statement)]);
    expect(here.rows.length).toBeGreaterThan(0);
    expect(here.rows).toEqual(there.rows);
  });

  it('stores, finds, resolves and renders on /v1', async () => {
    await ask('POST', '/v1/prompts', { name: 'greeting', description: 'Grüßt ΟΔΟΣ.', tags: ['Straße'] });
    const path = '/v1/prompts/admin/greeting';
    await ask('POST', `${path}/revisions`, { content: 'Hello {{who}}, İ greet you.' });
    for (const query of [
      'q=GR%C3%9CSST',
      'q=οδοσ',
      'tag=stra%C3%9Fe',
      'q=greet&sort=downloads',
      'sort=name',
      'sort=updated',
    ]) {
      const { body } = await ask('GET', `/v1/prompts?${query}`);
      expect([query, body.items.map(({ name }) => name)]).toEqual([
        query,
        query.includes('GR%C3%9CSST') ? [] : ['greeting'],
      ]);
    }
    expect((await ask('POST', `${path}/render`, { variables: { who: 'Ada' } })).text).toContain('Hello Ada');
    await ask('POST', `${path}/revisions/1/release`, { version: '1.0.0' });
    await ask('GET', `${path}/resolve?version=%5E1`);
    await ask('GET', `${path}/resolve?label=production&at=2030-01-01T00:00:00Z`);
    for (const list of ['revisions', 'labels/production/history', 'versions', 'audit'])
      await ask('GET', `${path}/${list}`);
    await ask('PUT', `${path}/labels/production/protection`, { writers: ['admin'] });
    await ask('GET', '/v1/audit');
  });

  it('accepts uploads, serves them and counts downloads', async () => {
    const client = new RegistryClient(url, token);
    const id = await client.createPrompt('packed');
    const archive = await anArchive({ name: 'packed', version: '1.0.0', bytes: 10_000 });
    expect((await client.upload(id, '1.0.0', archive)).status).toBe(201);
    expect((await client.fetchArchive('packed', '1.0.0')).equals(archive)).toBe(true);
    expect(
      await eventually(
        () => client.downloadCount('packed'),
        (count) => count === 1,
      ),
    ).toBe(1);
    await ask('GET', '/v1/prompts/admin/packed/downloads');
    await ask('GET', '/v1/prompts/admin/packed/downloads?interval=week');
  });

  it('speaks the protocols of Conductor and Open WebUI', async () => {
    const conductor = { xAuthorization: token };
    await ask('POST', '/api/prompts/shared?description=Shared', 'Hello ${name}, ΟΔΟΣ', conductor);
    await ask('GET', '/api/prompts/shared', undefined, conductor);
    expect((await ask('GET', '/api/prompts', undefined, conductor)).text).toContain('shared');
    const { id } = (
      await ask('POST', '/api/v1/prompts/create', { command: 'summary', name: 'Summary', content: 'Σum {{text}}.' })
    ).body;
    const { text } = await ask('GET', `/api/v1/prompts/list?query=${encodeURIComponent('σUM')}`);
    expect(text).toContain('summary');
    await ask('GET', `/api/v1/prompts/id/${id}`);
    await ask('GET', `/api/v1/prompts/id/${id}/history`);
    await ask('GET', '/api/v1/prompts/tags');
  });

  it('logs no warning', () => {
    expect(server.output).not.toMatch(/"level":[45]0/);
  });
});
