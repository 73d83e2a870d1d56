import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, pathOf, read, saveTemplate, versions } from '../templates.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

const autoIncrement = { method: 'POST', query: { autoIncrement: 'true' } } as const;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const productionOf = async (name: string) => {
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/resolve`, { token: alice.key });
  return body.content;
};

it.each([
  ['that is new', 'new', 0],
  ['that has versions', 'old', 3],
])('creates 50 versions for 50 concurrent saves of a prompt %s', async (_, name, existing) => {
  for (const number of upTo(existing)) await aTemplate(server, alice.key, name, `Before ${number}`, autoIncrement);
  const saves = upTo(50).map((number) => saveTemplate(server, alice.key, name, `Text ${number}`, autoIncrement));
  expect((await Promise.all(saves)).map(({ status }) => status)).toEqual(upTo(50).map(() => 200));
  const all = await versions(server, alice.key, name);
  expect(all.map(({ version }) => version)).toEqual(upTo(existing + 50).reverse());
  const texts = all.slice(0, 50).map(({ template }) => template);
  expect([...texts].sort()).toEqual(
    upTo(50)
      .map((number) => `Text ${number}`)
      .sort(),
  );
  expect(await productionOf(name)).toBe(texts[0]);
});

it('keeps every text of many concurrent saves over one version', async () => {
  const saves = upTo(20).map((number) => saveTemplate(server, alice.key, 'over', `Text ${number}`));
  expect(new Set((await Promise.all(saves)).map(({ status }) => status))).toEqual(new Set([200]));
  const all = await versions(server, alice.key, 'over');
  const { body } = await call(server, 'GET', '/v1/prompts/workspace/over/revisions', { token: alice.key });
  expect([all.length, body.items.length]).toEqual([1, 20]);
  expect([all[0]?.template, await productionOf('over')]).toEqual([body.items[0]?.content, body.items[0]?.content]);
});

it('creates one prompt, or restores it, when saves and deletions race', async () => {
  const calls = upTo(30).map((number) =>
    number % 3 === 0
      ? ask(server, 'DELETE', pathOf('racing'), alice.key)
      : saveTemplate(server, alice.key, 'racing', `Text ${number}`, autoIncrement),
  );
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  expect(statuses.filter((status, index) => (index + 1) % 3 !== 0 && status !== 200)).toEqual([]);
  expect(statuses.filter((status) => status !== 200 && status !== 404)).toEqual([]);
  await aTemplate(server, alice.key, 'racing', 'Last', autoIncrement);
  expect((await read(server, alice.key, 'racing')).template).toBe('Last');
  const living = `select count(*)::int as living from prompt where name = 'racing' and deleted_at is null`;
  expect((await server.database.pool.query(living)).rows).toEqual([{ living: 1 }]);
});
