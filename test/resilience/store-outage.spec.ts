import { jest } from '@jest/globals';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { runOutage, type OutageReport } from './scenarios/outage.js';
import { json, type RegistryClient } from './support/registry-client.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

const { endpoint } = JSON.parse(process.env.PROMPTYARD_TEST_S3 ?? '{}') as { endpoint?: string };
const withStore = endpoint ? describe : describe.skip;

jest.setTimeout(120_000);

withStore('an object store that does not answer', () => {
  let proxy: TcpProxy;
  let environment: ServerEnvironment;
  let client: RegistryClient;

  beforeAll(async () => {
    proxy = await TcpProxy.to(endpoint ?? '');
    environment = await ServerEnvironment.open();
    const { S3_ENDPOINT } = environment.environment;
    ({ client } = await environment.start({ S3_ENDPOINT: proxy.url, S3_PUBLIC_ENDPOINT: S3_ENDPOINT }));
  });
  afterAll(async () => {
    await environment.close();
    await proxy.close();
  });

  it('affects uploads only while it is cut off', async () => {
    const report = await runOutage(environment, client, {
      name: 'cut-off',
      lasts: 8_000,
      begin: () => proxy.cut(),
      end: () => proxy.restore(),
      midway: expectNotReady,
    });
    expectOnlyUploadsRefused(report);
    expect(await eventually(readiness, ({ status }) => status === 200)).toMatchObject({ status: 200, storage: true });
  });

  it('affects uploads only while it is frozen, and delays nothing afterwards', async () => {
    const report = await runOutage(environment, client, {
      name: 'frozen',
      lasts: 13_000,
      begin: () => proxy.freeze(),
      end: () => proxy.restore(),
      midway: expectNotReady,
    });
    expectOnlyUploadsRefused(report);
    expect(report.slowestMs.upload).toBeLessThan(30_000);
  });

  it('leaves no object behind and blocks no retry', async () => {
    expect(
      await eventually(
        () => environment.orphanedObjects(),
        (keys) => keys.length === 0,
        60_000,
      ),
    ).toEqual([]);
  });

  function expectOnlyUploadsRefused(report: OutageReport): void {
    expect(Object.keys(report.refusals)).toEqual(['upload 503 STORAGE_UNAVAILABLE: the object store does not answer']);
    expect(report).toMatchObject({ withoutRetryAfter: 0, unanswered: [], lostVersions: [], stillRefused: [] });
    expect(Math.max(report.slowestMs.download, report.slowestMs.list, report.slowestMs.read)).toBeLessThan(8_000);
    expect(Math.max(...Object.values(report.recoveredAfterMs))).toBeLessThan(15_000);
    expect(report.counted).toBe(report.redirects);
  }

  /** The verdict may be some seconds old. */
  async function expectNotReady(): Promise<void> {
    const answer = await eventually(readiness, ({ status }) => status === 503, 10_000);
    expect(answer).toEqual({ status: 503, database: true, storage: false });
  }

  async function readiness() {
    const reply = await client.ready();
    const { database, storage } = json(reply);
    return { status: reply.status, database: database?.ok, storage: storage?.ok };
  }
});
