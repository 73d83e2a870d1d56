import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { uploadFolderOf } from '../support/test-server.js';
import { anArchive } from './support/archives.js';
import { Load, lostVersions } from './support/load.js';
import { json, type RegistryClient, sha256, uploadForm } from './support/registry-client.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

let environment: ServerEnvironment;
beforeAll(async () => {
  environment = await ServerEnvironment.open();
});
afterAll(() => environment.close());

it('finishes requests under way on SIGTERM, and counts every redirect', async () => {
  const { server, client } = await environment.start();
  const load = await Load.start(client, 'terminated', { upload: 2, download: 8, list: 1 });
  await delay(1_500);
  const slow = await beginUpload(client, load.name);
  const signalled = performance.now();
  server.signal('SIGTERM');
  await delay(300);
  await expect(slow.finish()).resolves.toBe(201);
  await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
  expect(performance.now() - signalled).toBeLessThan(15_000);
  await load.stop();
  expect(load.answers.filter(({ status }) => status >= 400 && status !== 503)).toEqual([]);

  const again = await environment.start();
  load.published.set(slow.version, slow.digest);
  expect(await lostVersions(again.client, load)).toEqual([]);
  const { redirects } = load;
  expect(
    await eventually(
      () => again.client.downloadCount(load.name),
      (count) => count === redirects,
    ),
  ).toBe(redirects);
  expect(await environment.reservations()).toBe(0);
  await again.server.end();
});

it('stops in bounded time although a client stalls', async () => {
  const { server, client } = await environment.start();
  const load = await Load.start(client, 'stuck', {});
  const stuck = await beginUpload(client, load.name);
  const signalled = performance.now();
  server.signal('SIGTERM');
  await expect(server.exit).resolves.toEqual({ code: 0, signal: null });
  expect(performance.now() - signalled).toBeLessThan(15_000);
  await expect(stuck.finish()).rejects.toThrow();
  expect(readdirSync(uploadFolderOf(environment))).toEqual([]);
});

/** An upload of which the server has got one half. */
async function beginUpload(client: RegistryClient, name: string) {
  const version = '9.9.9';
  const archive = await anArchive({ name, version, bytes: 200_000 });
  const { id } = json(await client.read(name));
  const { body, contentType } = uploadForm(version, archive);
  const request = http.request(`${client.url}/v1/prompts/${id}/versions`, {
    method: 'POST',
    headers: { ...client.credentials(), 'content-type': contentType, 'content-length': String(body.length) },
  });
  const answer = once(request, 'response') as Promise<[http.IncomingMessage]>;
  answer.catch(() => undefined);
  request.write(body.subarray(0, body.length / 2));
  await delay(300);
  const finish = async () => {
    request.end(body.subarray(body.length / 2));
    const [response] = await answer;
    response.resume();
    return response.statusCode;
  };
  return { version, digest: sha256(archive), finish };
}
