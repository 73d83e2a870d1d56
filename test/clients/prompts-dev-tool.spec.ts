import { gunzipSync } from 'node:zlib';
import { buildPackage } from '@promptyard/package-format/build-package.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

// The requests of the command-line tool of prompts.dev: JSON content types on reads without a body, `null` for no tags,
// no credentials on reads.
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const api = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
  fetch(`${server.url}/v1${path}`, { ...init, headers: { ...json, ...init.headers }, redirect: 'manual' });
const asUser = () => ({ authorization: `Bearer ${server.adminKey}` });

it('publishes a package whose manifest has no tags', async () => {
  const input = JSON.stringify({ name: 'tool-made', description: 'Made by a tool.', tags: null });
  const created = await api('/prompts', { method: 'POST', headers: asUser(), body: input });
  expect(created.status).toBe(201);
  const { id, tags } = (await created.json()) as { id: string; tags: string[] };
  expect(tags).toEqual([]);

  const archive = await buildPackage({
    name: 'tool-made',
    version: '1.0.0',
    description: 'Made by a tool.',
    author: null,
    tags: [],
    inputs: [{ name: 'product', required: true }],
    syntax: 'braces',
    extra: {},
    template: 'Write a high-quality prompt using {{product}}.\n',
    readme: '# tool-made\n',
  });
  const form = new FormData();
  form.append('version', '1.0.0');
  form.append('tarball', new Blob([new Uint8Array(archive)]), 'prompt.tar.gz');
  const uploaded = await fetch(`${server.url}/v1/prompts/${id}/versions`, {
    method: 'POST',
    headers: asUser(),
    body: form,
  });
  expect(uploaded.status).toBe(201);
});

it('answers a second publish of the name with the conflict that the tool expects', async () => {
  const input = JSON.stringify({ name: 'tool-made', description: 'Again.', tags: ['general'] });
  expect((await api('/prompts', { method: 'POST', headers: asUser(), body: input })).status).toBe(409);
});

it('finds, lists and downloads it without credentials', async () => {
  const found = (await (await api('/prompts?q=tool-made')).json()) as { items: { name: string }[] };
  expect(found.items.map(({ name }) => name)).toEqual(['tool-made']);
  const listed = (await (await api('/prompts/admin/tool-made/versions')).json()) as { items: { version: string }[] };
  expect(listed.items.map(({ version }) => version)).toEqual(['1.0.0']);

  const redirect = await api('/prompts/admin/tool-made/versions/1.0.0/download');
  expect(redirect.status).toBe(302);
  const object = await fetch(redirect.headers.get('location') ?? '');
  expect(
    gunzipSync(Buffer.from(await object.arrayBuffer()))
      .subarray(0, 11)
      .toString(),
  ).toBe('prompt.yaml');
});
