import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Conversation, converse, requestHead } from '../../support/network/raw-http.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { createTestDatabase } from '../../support/test-database.js';
import { onDisk, startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import { aPrompt } from '../../support/prompts.js';

/** A server that can be set up while it still works, and gets into some trouble by `breakDown`. */
export interface FragileServer {
  readonly server: OpenTestServer;
  breakDown(): Promise<void>;
  stop(): Promise<void>;
}

/** Answers one request in a minute, and has answered it. */
export async function aServerWithoutPatience(): Promise<OpenTestServer> {
  const server = await startOpenTestServer({ RATE_LIMIT_PER_MINUTE: '1' });
  await fetch(`${server.url}/v1/prompts`);
  return server;
}

/** Loses its database. */
export async function aServerThatLosesItsDatabase(): Promise<FragileServer> {
  const database = await createTestDatabase();
  const proxy = await TcpProxy.to(database.url);
  const started = await startOpenTestServer({ DATABASE_URL: proxy.url, ALLOW_SIGNUP: 'true' });
  const server = { ...started, database };
  const stop = async () => {
    proxy.mend();
    await started.stop();
    await proxy.close();
    await database.drop();
  };
  return { server, breakDown: () => Promise.resolve(proxy.cut()), stop };
}

/** Loses the folder of its objects: a file takes its place, so that it is unusable even to the superuser. */
export async function aServerThatLosesItsStore(): Promise<FragileServer> {
  const server = await startOpenTestServer({ ...onDisk, ALLOW_SIGNUP: 'true' });
  const folder = join(server.dataDirectory, 'objects');
  const breakDown = async () => {
    await rename(folder, `${folder}.away`);
    await writeFile(folder, '');
  };
  return { server, breakDown, stop: () => server.stop() };
}

/** Gets as many uploads as it lets wait, none of which ends. */
export async function aServerThatFillsWithUploads(): Promise<FragileServer> {
  const [atOnce, queueLimit] = [1, 256];
  const limits = { UPLOADS_AT_ONCE: String(atOnce), UPLOAD_QUEUE_LIMIT: String(queueLimit) };
  const server = await startOpenTestServer(limits);
  const uploads: Conversation[] = [];
  const breakDown = async () => {
    const { idPath } = await aPrompt(server).make();
    const head = requestHead(`POST ${idPath}/versions`, {
      authorization: `Bearer ${server.adminKey}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': 1000,
      expect: '100-continue',
    });
    for (let open = 0; open < atOnce + queueLimit; open += 1) {
      const upload = await converse(server);
      upload.send(head);
      uploads.push(upload);
    }
    // It says so as soon as an upload has been let in.
    await Promise.all(uploads.map((upload) => upload.hear(/^HTTP\/1\.1 100/, 30_000)));
  };
  const stop = async () => {
    for (const upload of uploads) upload.close();
    await server.stop();
  };
  return { server, breakDown, stop };
}
