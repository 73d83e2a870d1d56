import { randomUUID } from 'node:crypto';
import { call, eventually } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer({ TRUST_PROXY: 'true' });
  alice = await aUser(server, { username: 'alice' });
  bob = await aUser(server);
});
afterAll(() => server.stop());

const today = () => new Date().toISOString().slice(0, 10);

interface Visit {
  readonly token?: string;
  readonly from?: string;
  readonly agent?: string;
  readonly version?: string;
}

async function visit(prompt: TestPrompt, { token, from = '198.51.100.1', agent = 'curl', version = '1.0.0' }: Visit) {
  const headers = { 'x-forwarded-for': from, 'user-agent': agent };
  const path = `${prompt.path}/versions/${version}/download`;
  const { status } = await call(server, 'GET', path, token === undefined ? { headers } : { headers, token });
  expect(status).toBe(302);
}

const series = (prompt: TestPrompt, query = '') => call(server, 'GET', `${prompt.path}/downloads${query}`);

/** The series, after it contains all downloads. */
async function settled(prompt: TestPrompt, total: number, query = '') {
  const { body } = await eventually(
    () => series(prompt, query),
    ({ body: { total: now } }) => now === total,
  );
  return body;
}

describe('unique', () => {
  it('counts each signed-in user once a day, from any address', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    await visit(prompt, { token: alice.key, from: '198.51.100.1' });
    await visit(prompt, { token: alice.key, from: '198.51.100.2', agent: 'other' });
    await visit(prompt, { token: bob.key });
    expect(await settled(prompt, 3)).toEqual({ items: [{ period: today(), downloads: 3, unique: 2 }], total: 3 });
  });

  it('counts anonymous visitors by address and user agent together', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    for (const from of ['203.0.113.1', '203.0.113.2']) {
      for (const agent of ['curl', 'wget', 'curl']) await visit(prompt, { from, agent });
    }
    expect(await settled(prompt, 6)).toEqual({ items: [{ period: today(), downloads: 6, unique: 4 }], total: 6 });
  });

  it('is counted for each version and for the prompt', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0', '2.0.0').make();
    await visit(prompt, {});
    await visit(prompt, { version: '2.0.0' });
    await visit(prompt, { version: '2.0.0' });
    expect((await settled(prompt, 3)).items).toEqual([{ period: today(), downloads: 3, unique: 1 }]);
    const two = { period: today(), version: '2.0.0', downloads: 2, unique: 1 };
    expect(await settled(prompt, 2, '?version=2.0.0')).toEqual({ items: [two], total: 2 });
  });
});

describe('an address', () => {
  it('is stored nowhere in the database', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    await visit(prompt, { from: '233.252.0.77', agent: 'tell-tale-agent' });
    await settled(prompt, 1);
    const { pool } = server.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const { rows } = await pool.query(`select t::text as row from ${name} t`);
      const text = JSON.stringify(rows);
      for (const trace of ['233.252.0.77', 'tell-tale-agent', Buffer.from('233.252.0.77').toString('hex')]) {
        expect([name, text.includes(trace)]).toEqual([name, false]);
      }
    }
  });
});

describe('a series', () => {
  let prompt: TestPrompt;
  beforeAll(async () => {
    prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    // Sunday and Monday, the last day of a month and the first of the next.
    const days = {
      '2026-01-30': 1,
      '2026-01-31': 2,
      '2026-02-01': 4,
      '2026-02-02': 8,
      '2026-02-28': 16,
      '2026-03-01': 32,
    };
    for (const [day, downloads] of Object.entries(days)) {
      const values = [prompt.id, day, downloads];
      await server.database.pool.query('insert into download_day values ($1, $2, $3, 1)', values);
    }
  });

  const get = async (query: string) => {
    const { body } = await series(prompt, `?from=2026-01-01&to=2026-03-31&${query}`);
    return [body.items.map(({ period, downloads, unique }) => [period, downloads, unique]), body.total];
  };

  it('is by day, oldest first, without days that had no downloads', async () => {
    expect(await get('interval=day')).toEqual([
      [
        ['2026-01-30', 1, 1],
        ['2026-01-31', 2, 1],
        ['2026-02-01', 4, 1],
        ['2026-02-02', 8, 1],
        ['2026-02-28', 16, 1],
        ['2026-03-01', 32, 1],
      ],
      63,
    ]);
    expect(await get('')).toEqual(await get('interval=day'));
  });

  it('is by week, starting on Monday', async () => {
    expect(await get('interval=week')).toEqual([
      [
        ['2026-01-26', 7, 3],
        ['2026-02-02', 8, 1],
        ['2026-02-23', 48, 2],
      ],
      63,
    ]);
  });

  it('is by month, starting on the first day', async () => {
    expect(await get('interval=month')).toEqual([
      [
        ['2026-01-01', 3, 2],
        ['2026-02-01', 28, 3],
        ['2026-03-01', 32, 1],
      ],
      63,
    ]);
  });

  it('includes both ends of the range', async () => {
    const { body } = await series(prompt, '?from=2026-01-31&to=2026-02-01');
    expect(body.items.map(({ period }) => period)).toEqual(['2026-01-31', '2026-02-01']);
    expect(body.total).toBe(6);
  });

  it('is empty if there were no downloads', async () => {
    expect((await series(prompt, '?from=2025-01-01&to=2025-01-31')).body).toEqual({ items: [], total: 0 });
  });

  it.each([
    ['?from=2026-02-02&to=2026-02-01', ['from']],
    ['?from=yesterday', ['from']],
    ['?from=2026-02-30', ['from']],
    ['?to=2026-2-1', ['to']],
    ['?interval=hour', ['interval']],
    ['?from=0001-01-01&to=9999-12-31', ['from']],
    ['?from=0000-12-31&to=0001-01-01', ['from']],
    ['?to=0000-01-05', ['to']],
    ['?from=x&to=y&interval=z', ['from', 'interval', 'to']],
    ['?version=%00', ['version']],
  ])('is 422 for %s', async (query, fields) => {
    const { status, body } = await series(prompt, query);
    expect([status, Object.keys(body.details).sort()]).toEqual([422, fields]);
  });

  it('begins with the calendar if thirty days would reach further back', async () => {
    expect((await series(prompt, '?to=0001-01-10')).body).toEqual({ items: [], total: 0 });
  });

  it('is 404 for a missing version', async () => {
    const { status, body } = await series(prompt, '?version=9.9.9');
    expect([status, body]).toEqual([404, { error: 'NOT_FOUND', message: 'version not found' }]);
  });

  it('is available as CSV', async () => {
    const path = `${prompt.path}/downloads.csv?from=2026-01-01&to=2026-03-31&interval=month`;
    const { status, text, headers } = await call(server, 'GET', path);
    expect([status, text]).toEqual([
      200,
      'period,version,downloads,unique\r\n2026-01-01,,3,2\r\n2026-02-01,,28,3\r\n2026-03-01,,32,1\r\n',
    ]);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${prompt.name}-downloads.csv"`);
  });

  it('is available as CSV for any name of a prompt', async () => {
    const { id } = await aPrompt(server).ownedBy(alice).make();
    await server.database.pool.query('update prompt set name = $2 where id = $1', [id, 'Grüße “7”']);
    const { status, headers } = await call(
      server,
      'GET',
      '/v1/prompts/alice/Gr%C3%BC%C3%9Fe%20%E2%80%9C7%E2%80%9D/downloads.csv',
    );
    expect([status, headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="Gr__e _7_-downloads.csv"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E2%80%9C7%E2%80%9D-downloads.csv`,
    ]);
  });

  it('is available as CSV for one version', async () => {
    await visit(prompt, {});
    await settled(prompt, 1);
    const { text } = await call(server, 'GET', `${prompt.path}/downloads.csv?version=1.0.0`);
    expect(text).toBe(`period,version,downloads,unique\r\n${today()},1.0.0,1,1\r\n`);
  });
});

it('counts a day in UTC, and one visitor once on each day', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  const { rows } = await server.database.pool.query<{ id: string }>('select id from version where prompt_id = $1', [
    prompt.id,
  ]);
  const visitor = Buffer.alloc(16, 1);
  for (const at of ['2026-05-01T23:59:59.999Z', '2026-05-02T00:00:00.000Z', '2026-05-02T23:00:00.000Z']) {
    await server.database.pool.query(
      'insert into download (at, id, prompt_id, version_id, visitor) values ($1, $2, $3, $4, $5)',
      [at, randomUUID(), prompt.id, rows[0]?.id, visitor],
    );
  }
  const query = '?from=2026-05-01&to=2026-05-02';
  expect((await settled(prompt, 3, query)).items).toEqual([
    { period: '2026-05-01', downloads: 1, unique: 1 },
    { period: '2026-05-02', downloads: 2, unique: 1 },
  ]);
});
