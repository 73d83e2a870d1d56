import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeStore } from '../../storage/fake-store.js';
import { eventually } from '../../support/api.js';
import { type RawConnection, openRawConnection, requestHead } from '../../support/network/raw-http.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { createTestDatabase } from '../../support/test-database.js';
import { onDisk, startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import { aPrompt } from '../../support/prompts.js';

/** A server that works until `breakDown` makes it fail. */
export interface FragileServer {
  readonly server: OpenTestServer;
  fail(): Promise<void>;
  stop(): Promise<void>;
}

/** A server with a limit of one request a minute, which is used up. */
export async function aServerWithoutRequestsLeft(): Promise<OpenTestServer> {
  const server = await startOpenTestServer({ RATE_LIMIT_PER_MINUTE: '1' });
  await fetch(`${server.url}/v1/prompts`);
  return server;
}

/** A server that loses its database. */
export async function aServerThatLosesItsDatabase(): Promise<FragileServer> {
  const database = await createTestDatabase();
  const proxy = await TcpProxy.to(database.url);
  const started = await startOpenTestServer({ DATABASE_URL: proxy.url, ALLOW_SIGNUP: 'true' });
  const server = { ...started, database };
  const stop = async () => {
    proxy.restore();
    await started.stop();
    await proxy.close();
    await database.drop();
  };
  return { server, fail: () => Promise.resolve(proxy.cut()), stop };
}

/** A server that loses the folder of its objects and uploads. A file takes its place, so that even root cannot use it. */
export async function aServerThatLosesItsStore(): Promise<FragileServer> {
  const server = await startOpenTestServer({ ...onDisk, ALLOW_SIGNUP: 'true' });
  const breakDown = async () => {
    const folder = join(server.dataDirectory, 'objects');
    await rename(folder, `${folder}.away`);
    await writeFile(folder, '');
  };
  return { server, fail: breakDown, stop: () => server.stop() };
}

/** A server whose store overwrites objects, which the self-test has detected. */
export async function aServerWhoseStoreBecomesUnfit(): Promise<FragileServer> {
  const store = await FakeStore.start();
  const server = await startOpenTestServer({ ...store.settings, ALLOW_SIGNUP: 'true' });
  const breakDown = async () => {
    store.faults.overwrites = true;
    const ready = () => fetch(`${server.url}/health/ready`);
    await eventually(ready, ({ status }) => status === 503, 60_000);
  };
  const stop = async () => {
    await server.stop();
    await store.stop();
  };
  return { server, fail: breakDown, stop };
}

/** A server whose upload queue is full with unfinished uploads of its administrator. */
export async function aServerThatFillsWithUploads(): Promise<FragileServer> {
  const [atOnce, queueLimit] = [1, 256];
  const shareOfOne = Math.ceil((atOnce + queueLimit) / 2);
  const server = await startOpenTestServer({
    UPLOADS_AT_ONCE: String(atOnce),
    UPLOAD_QUEUE_LIMIT: String(queueLimit),
    REQUEST_TIMEOUT_SECONDS: '3600',
  });
  const uploads: RawConnection[] = [];
  const open = async (head: string) => {
    const upload = await openRawConnection(server);
    uploads.push(upload);
    upload.send(head);
    return upload;
  };
  let trickle: NodeJS.Timeout | undefined;
  const breakDown = async () => {
    const { idPath } = await aPrompt(server).make();
    const head = requestHead(`POST ${idPath}/versions`, {
      authorization: `Bearer ${server.adminKey}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': 16 * 1024 * 1024,
      expect: '100-continue',
    });
    const part = '--x\r\ncontent-disposition: form-data; name="tarball"; filename="x.tar.gz"\r\n\r\n';
    const holders = await Promise.all(Array.from({ length: shareOfOne }, () => open(head)));
    // It says so as soon as an upload has been let in.
    await Promise.all(holders.map((upload) => upload.waitFor(/^HTTP\/1\.1 100/, 30_000)));
    for (const upload of holders) upload.send(Buffer.concat([Buffer.from(part), Buffer.alloc(400_000)]));
    trickle = setInterval(() => holders.forEach((upload) => upload.send(Buffer.alloc(4096))), 1_000);
    const waiting = await Promise.all(Array.from({ length: queueLimit + 1 }, () => open(head)));
    await Promise.any(waiting.map((upload) => upload.waitFor(/^HTTP\/1\.1 503/, 30_000)));
  };
  const stop = async () => {
    clearInterval(trickle);
    for (const upload of uploads) upload.close();
    await server.stop();
  };
  return { server, fail: breakDown, stop };
}
