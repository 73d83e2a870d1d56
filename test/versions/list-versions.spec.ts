import { randomUUID } from 'node:crypto';
import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const list = (prompt: TestPrompt, query = '') => call(server, 'GET', `${prompt.path}/versions${query}`);

const insert = `
  insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by, created_at)
  select gen_random_uuid(), $1, '1.0.' || n, 1, 0, n, $2 || n, repeat('0', 64), 1, '{}', '[]', $3, $4::timestamptz + n * $5::interval
  from generate_series(0, $6::int - 1) n`;

/** Versions 1.0.0, 1.0.1, ... as rows alone, each `apart` later than the one before. */
async function withRows(prompt: TestPrompt, count: number, apart: string): Promise<void> {
  const values = [prompt.id, randomUUID(), alice.id, '2026-01-01T00:00:00Z', apart, count];
  await server.database.pool.query(insert, values);
}

/** Every page, by the links alone. */
async function walk(prompt: TestPrompt) {
  const pages = [];
  let next: string | undefined = `${prompt.path}/versions`;
  while (next !== undefined) {
    const { status, body, headers } = await call(server, 'GET', next);
    expect(status).toBe(200);
    pages.push(body.items.map(({ version }) => String(version)));
    next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return pages;
}

it('is empty for a prompt without versions', async () => {
  const { status, text, headers } = await list(await aPrompt(server).ownedBy(alice).make());
  expect([status, text, headers.get('link')]).toEqual([200, '{"items":[]}', null]);
});

it('answers each version like its upload, newest first and not by semver', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  const uploads = [];
  for (const version of ['2.0.0', '1.0.0', '10.0.0', '1.5.0']) {
    uploads.unshift((await uploadVersion(server, prompt, alice.key, version)).body);
  }
  expect((await list(prompt)).body).toEqual({ items: uploads });
});

it('answers the later upload first when two have the same time', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  await withRows(prompt, 5, '0 seconds');
  const versions = (await list(prompt)).body.items.map(({ version }) => version);
  expect(versions).toEqual(['1.0.4', '1.0.3', '1.0.2', '1.0.1', '1.0.0']);
});

it('accepts the owner’s id as well', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  const byId = await call(server, 'GET', `/v1/prompts/${alice.id}/${prompt.name}/versions`);
  expect(byId.body).toEqual((await list(prompt)).body);
});

describe.each([
  ['of one instant', '0 seconds'],
  ['of many', '1 second'],
])('more than a page, %s', (_what, apart) => {
  let prompt: TestPrompt;
  beforeAll(async () => {
    prompt = await aPrompt(server).ownedBy(alice).make();
    await withRows(prompt, 2_500, apart);
  });

  it('is listed completely, in order, through the links', async () => {
    const pages = await walk(prompt);
    expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(pages.flat()).toEqual(Array.from({ length: 2_500 }, (_, index) => `1.0.${2_499 - index}`));
  });
});

it('has no link behind the last page, even if that is full', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  await withRows(prompt, 1_000, '1 second');
  expect((await walk(prompt)).map(({ length }) => length)).toEqual([1_000]);
});

it('does not shift when a version is added between two pages', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  await withRows(prompt, 1_001, '1 second');
  const link = (await list(prompt)).headers.get('link') ?? '';
  await uploadVersion(server, prompt, alice.key, '2.0.0');
  const { body } = await call(server, 'GET', /<([^>]+)>/.exec(link)?.[1] ?? '');
  expect(body.items.map(({ version }) => version)).toEqual(['1.0.0']);
});

it.each(['', 'x', '%00', '%ff', 'bm9uc2Vuc2U', 'MjAyNi0xMy00NSAwMDowMDowMCswMHwx', 'x'.repeat(300)])(
  'is 422 with an invalid cursor: %s',
  async (cursor) => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const { status, body } = await list(prompt, `?cursor=${cursor}`);
    expect([status, body.error, Object.keys(body.details)]).toEqual([422, 'VALIDATION_ERROR', ['cursor']]);
  },
);

it('checks access to the prompt before the cursor', async () => {
  const hidden = await aPrompt(server).ownedBy(alice).private().make();
  const answers = [];
  for (const path of [hidden.path, '/v1/prompts/alice/nothing']) {
    const { status, body } = await call(server, 'GET', `${path}/versions?cursor=x`);
    answers.push([status, body]);
  }
  expect(answers[0]).toEqual(answers[1]);
});

describe('GET of one version', () => {
  it('answers it with manifest, README and files', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    const [item] = (await list(prompt)).body.items;
    const { status, body } = await call(server, 'GET', `${prompt.path}/versions/1.0.0`);
    expect([status, body]).toEqual([
      200,
      {
        ...item,
        manifest: expect.objectContaining({
          name: prompt.name,
          version: '1.0.0',
          description: 'A package for a test.',
        }),
        readme: null,
        revision: 1,
        files: [
          { path: 'prompt.yaml', size: expect.any(Number) },
          { path: 'prompt.md', size: 'Hello {{who}}.'.length },
        ],
      },
    ]);
  });
});
