import { aRevision } from '../support/history.js';
import { call, eventually, type ApiAnswer } from '../support/api.js';
import { versionForm } from '../support/form.js';
import { packageOf } from '../support/packages.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { FakeStore, type StoreFaults } from './fake-store.js';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

let store: FakeStore;
let server: TestServer;

beforeEach(async () => {
  store = await FakeStore.start();
});
afterEach(async () => {
  await server.stop();
  await store.stop();
});

const ready = () => call(server, 'GET', '/health/ready');

function failedChecks(answer: ApiAnswer): Check[] {
  return (answer.body as unknown as { storage: { checks: Check[] } }).storage.checks.filter(({ ok }) => !ok);
}

/** Everything that stores a package. */
async function storeAll(prompt: TestPrompt): Promise<[string, ApiAnswer][]> {
  const token = server.adminKey;
  const upload = versionForm('1.0.0', await packageOf({ name: prompt.name, version: '1.0.0' }));
  const published = { name: `${prompt.name}-published`, description: '', tags: [], content: 'Hello.' };
  return [
    ['upload', await call(server, 'POST', `${prompt.idPath}/versions`, { token, ...upload })],
    [
      'release',
      await call(server, 'POST', `${prompt.path}/revisions/1/release`, { token, json: { version: '2.0.0' } }),
    ],
    ['publish', await call(server, 'POST', '/v1/prompts/publish', { token, json: published })],
  ];
}

const noFaults: StoreFaults = {
  overwrites: undefined,
  keeps: undefined,
  pretendsToDelete: undefined,
  region: undefined,
  signedAddresses: undefined,
};

const faults: [what: string, faults: StoreFaults, check: string, detail: RegExp, left: number][] = [
  ['overwrites objects', { overwrites: true }, 'conditional write', /ignores If-None-Match/, 0],
  ['lets nothing be deleted', { keeps: 'anything' }, 'right to delete', /^AccessDenied$/, 0],
  ['lets no object be deleted', { keeps: 'objects' }, 'delete', /^AccessDenied: one object of this test stays/, 1],
  ['deletes in name only', { pretendsToDelete: true }, 'delete', /^what was deleted is still there: one object/, 1],
  ['is elsewhere', { region: 'eu-west-1' }, 'bucket', /^it is in the region eu-west-1, not in us-east-1/, 0],
  ['refuses signed addresses', { signedAddresses: 403 }, 'download address', /answered 403 SignatureDoesNotMatch$/, 0],
];

it.each(faults)(
  'refuses packages while the store %s, and accepts them afterwards',
  async (_, fault, check, detail, left) => {
    Object.assign(store.faults, fault);
    server = await startTestServer(store.settings);
    const prompt = await aPrompt(server).make();
    await aRevision(server, prompt, server.adminKey, 'Hello.');

    const answer = await ready();
    expect(answer.status).toBe(503);
    expect(failedChecks(answer)).toEqual([{ name: check, ok: false, detail: expect.stringMatching(detail) }]);
    for (const name of [store.bucket, '127.0.0.1', 'localhost']) expect(answer.text).not.toContain(name);

    for (const [failure, refused] of await storeAll(prompt)) {
      expect([failure, refused.status, refused.body.error]).toEqual([failure, 503, 'STORAGE_UNAVAILABLE']);
      expect(refused.body.message).toMatch(/^the object store is not fit for packages/);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    // Each request above repeated the self-test; neither it nor the packages leave more objects.
    const others = [...store.objects.keys()].filter((key) => !/^(probe|fence)\//.test(key));
    expect(others).toEqual([]);
    expect(store.keysOf('probe/')).toHaveLength(left);

    Object.assign(store.faults, noFaults);
    const token = server.adminKey;
    const tarball = await packageOf({ name: prompt.name, version: '1.0.0' });
    const upload = () => call(server, 'POST', `${prompt.idPath}/versions`, { token, ...versionForm('1.0.0', tarball) });
    expect((await eventually(upload, ({ status }) => status !== 503, 30_000)).status).toBe(201);
    expect((await ready()).status).toBe(200);
    expect(store.keysOf('probe/')).toEqual([]);
  },
);

it('does not create a bucket that disappeared, and accepts packages once it is back', async () => {
  server = await startTestServer(store.settings);
  const prompt = await aPrompt(server).make();
  await aRevision(server, prompt, server.adminKey, 'Hello.');
  expect(store.hasBucket).toBe(true);
  store.hasBucket = false;
  const answer = await eventually(ready, ({ status }) => status === 503, 30_000);
  expect(failedChecks(answer)).toEqual([
    { name: 'bucket', ok: false, detail: 'the bucket no longer exists; it is created only when the server starts' },
  ]);
  for (const [, refused] of await storeAll(prompt)) expect(refused.status).toBe(503);
  expect(store.hasBucket).toBe(false);
  store.hasBucket = true;
  const upload = () => storeAll(prompt);
  expect((await eventually(upload, ([first]) => first?.[1].status !== 503, 30_000))[0]?.[1].status).toBe(201);
});

it('is not ready while clients cannot reach the store, unless that check is off', async () => {
  const nowhere = { S3_PUBLIC_ENDPOINT: 'http://127.0.0.1:1' };
  server = await startTestServer({ ...store.settings, ...nowhere, S3_CHECK_PUBLIC_ENDPOINT: 'false' });
  expect((await ready()).status).toBe(200);
  await server.stop();
  server = await startTestServer({ ...store.settings, ...nowhere });
  const answer = await ready();
  expect(answer.status).toBe(503);
  expect(failedChecks(answer)).toEqual([{ name: 'download address', ok: false, detail: 'ECONNREFUSED' }]);
});
