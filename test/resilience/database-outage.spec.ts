import { TcpProxy } from '../support/network/tcp-proxy.js';
import { runOutage } from './scenarios/outage.js';
import type { RegistryClient } from './support/registry-client.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

let proxy: TcpProxy;
let environment: ServerEnvironment;
let client: RegistryClient;

beforeAll(async () => {
  proxy = await TcpProxy.to(process.env.PROMPTYARD_TEST_DATABASE_URL ?? '');
  environment = await ServerEnvironment.open({
    databaseUrl: (url) => Object.assign(new URL(url), { host: new URL(proxy.url).host }).href,
  });
  ({ client } = await environment.start());
});
/** The lines about work that is repeated until the database is back. */
const outageLines = () => environment.output.split('\n').filter((line) => line.includes('"context":"OutageLogger"'));

afterAll(async () => {
  await environment.close();
  await proxy.close();
});

const documented = [
  'upload 503 DATABASE_UNAVAILABLE: the database does not answer',
  'download 500 INTERNAL_ERROR: failed to generate download url',
  'list 500 INTERNAL_ERROR: failed to fetch versions',
  'read 503 DATABASE_UNAVAILABLE: the database does not answer',
];

describe.each([
  ['cut-off', () => proxy.cut()],
  ['frozen', () => proxy.freeze()],
])('a database that is %s for eight seconds', (name, begin) => {
  it('is answered as documented, in bounded time, and loses nothing', async () => {
    const report = await runOutage(environment, client, { name, lasts: 8_000, begin, end: () => proxy.restore() });
    expect(documented).toEqual(expect.arrayContaining(Object.keys(report.refusals)));
    expect(Object.keys(report.refusals)).toHaveLength(documented.length);
    expect(report.withoutRetryAfter).toBe(0);
    expect(report.unanswered).toEqual([]);
    // Two, four and a few seconds on an idle machine; without limits of their own all would wait for the whole outage and more.
    expect(report.slowestMs.download).toBeLessThan(7_000);
    expect(Math.max(...Object.values(report.slowestMs))).toBeLessThan(15_000);
    expect(Math.max(...Object.values(report.recoveredAfterMs))).toBeLessThan(15_000);
    expect(report).toMatchObject({ lostVersions: [], stillRefused: [] });
    expect(report.counted).toBe(report.redirects);
    // One when it begins, one when it is over; of a second outage within a minute none.
    expect(await eventually(outageLines, ({ length }) => length === 2)).toHaveLength(2);
    expect(
      await eventually(
        () => leases(environment),
        (count) => count === 1,
      ),
    ).toBe(1);
  });
});

it('counts no download that was answered with an error before its version was found', async () => {
  const outage = { name: 'hesitant', lasts: 3_500, begin: () => proxy.freeze(), end: () => proxy.restore() };
  const report = await runOutage(environment, client, outage);
  expect(report.refusals).toMatchObject({
    'download 500 INTERNAL_ERROR: failed to generate download url': expect.any(Number),
  });
  expect(report.counted).toBe(report.redirects);
});

/** Connections that claim to be some process's sign of life. */
async function leases({ database }: ServerEnvironment): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'promptyard lease'`,
  );
  return rows[0]?.n ?? 0;
}
