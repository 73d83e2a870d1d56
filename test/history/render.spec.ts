import { createHash } from 'node:crypto';
import { call } from '../support/api.js';
import { aRevision, point, type Revision } from '../support/history.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  bob = await aUser(server);
});
afterAll(() => server.stop());

async function aTemplate(content: string, more: Record<string, unknown> = {}, owner = alice, isPrivate = false) {
  const builder = aPrompt(server).ownedBy(owner);
  const prompt = await (isPrivate ? builder.private() : builder).make();
  return { prompt, revision: await aRevision(server, prompt, owner.key, content, more) };
}

const render = (prompt: TestPrompt, json: object, token?: string) =>
  call(server, 'POST', `${prompt.path}/render`, { json, ...(token === undefined ? {} : { token }) });
const referenceTo = ({ owner, name }: TestPrompt) => `{{> ${owner}/${name}}}`;
const sourceOf = ({ owner, name }: TestPrompt, { number, digest }: Revision, label: string | null = 'production') => {
  return { owner, name, label, revision: number, digest };
};

it('fills in values and returns a receipt', async () => {
  const { prompt, revision } = await aTemplate('Dear {{who}}, {{n | number:min=1}} of {{"{{"}}x}}.');
  const { status, body } = await render(prompt, { variables: { who: 'Ada {{n}} ${n}', n: 3 } });
  const text = 'Dear Ada {{n}} ${n}, 3 of {{x}}.';
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      text,
      receipt: {
        ...sourceOf(prompt, revision),
        variables: ['who', 'n'],
        parts: [],
        output_digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
        rendered_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    },
  });
});

it('accepts the same selectors as resolve', async () => {
  const { prompt } = await aTemplate('One');
  const { digest } = await aRevision(server, prompt, alice.key, 'Two', { labels: ['staging'] });
  expect((await render(prompt, {})).body['text']).toBe('One');
  expect((await render(prompt, { revision: 2 })).body).toMatchObject({
    text: 'Two',
    receipt: { label: null, revision: 2 },
  });
  expect((await render(prompt, { label: 'staging', expect: digest })).body['text']).toBe('Two');
  expect((await render(prompt, { expect: digest })).body).toMatchObject({ error: 'DIGEST_MISMATCH' });
  expect((await render(prompt, { label: 'staging', revision: 1 })).status).toBe(422);
  expect((await render(prompt, { label: 'nothing' })).status).toBe(404);
});

it('reports all problems of the values together', async () => {
  const { prompt } = await aTemplate('{{a}} {{b}} {{c}}', {
    variables: [
      { name: 'a', required: true },
      { name: 'b', type: 'number', required: false, max: 120 },
      { name: 'c', type: 'select', required: true, options: ['x', 'y'] },
    ],
  });
  const { status, body } = await render(prompt, { variables: { b: 130, c: 'z', d: 1 }, strict: true });
  expect(status).toBe(422);
  expect(Object.keys(body.details).sort()).toEqual(['variables.a', 'variables.b', 'variables.c', 'variables.d']);
  expect(body.details['variables.a']).toBe('is required');
  expect((await render(prompt, { variables: { a: '', b: 1, c: 'x', d: 1 } })).body['text']).toBe(' 1 x');
});

it('includes other prompts, by label and version, and lists each with its digest', async () => {
  const footer = await aTemplate('-- {{team}}');
  const staged = await aRevision(server, footer.prompt, alice.key, '== {{team}}', { labels: ['staging'] });
  const input = { token: alice.key, json: { version: '1.0.0' } };
  await call(server, 'POST', `${footer.prompt.path}/revisions/2/release`, input);
  const { owner, name } = footer.prompt;
  const body = await aTemplate(`${referenceTo(footer.prompt)} {{> ${owner.toUpperCase()}/${name}@staging}}`, {}, bob);
  const root = await aTemplate(
    `Hi. ${referenceTo(body.prompt)} {{> ${owner}/${name}@1.0.0}} {{> ${owner}/${name}@latest}}`,
  );
  const answer = await render(root.prompt, { variables: { team: 'Ops' } });
  expect(answer.body['text']).toBe('Hi. -- Ops == Ops == Ops == Ops');
  const { parts } = answer.body['receipt'] as { parts: unknown[] };
  expect(parts).toHaveLength(3);
  expect(parts).toEqual(
    expect.arrayContaining([
      sourceOf(body.prompt, body.revision),
      sourceOf(footer.prompt, footer.revision),
      sourceOf(footer.prompt, staged, null),
    ]),
  );
});

it('follows includes five levels deep, and no deeper', async () => {
  let { prompt } = await aTemplate('bottom');
  for (let level = 1; level <= 5; level += 1) ({ prompt } = await aTemplate(`${level} ${referenceTo(prompt)}`));
  expect((await render(prompt, {})).body['text']).toBe('5 4 3 2 1 bottom');
  ({ prompt } = await aTemplate(`6 ${referenceTo(prompt)}`));
  const { status, body } = await render(prompt, {});
  expect([status, body.details['content']]).toEqual([422, expect.stringContaining('more than 5 levels deep')]);
});

it('names a cycle', async () => {
  const [one, two] = [await aTemplate('x'), await aTemplate('y')];
  const idOf = ({ owner, name }: TestPrompt) => `${owner}/${name}`;
  const cycle = async (from: TestPrompt, to: TestPrompt) => {
    const { number } = await aRevision(server, from, alice.key, referenceTo(to));
    await point(server, from, alice.key, 'production', { revision: number });
  };
  await cycle(one.prompt, two.prompt);
  await cycle(two.prompt, one.prompt);
  const { body } = await render(one.prompt, {});
  const path = [one.prompt, two.prompt, one.prompt].map(idOf).join(' -> ');
  expect(body.details).toEqual({ content: `includes itself: ${path}` });
});

it('includes only what the caller may read, and reports private and missing prompts in the same way', async () => {
  const secret = await aTemplate('secret', {}, bob, true);
  const { owner, name } = secret.prompt;
  const [hidden, absent] = [
    await aTemplate(referenceTo(secret.prompt)),
    await aTemplate(`{{> ${owner}/nothing-there}}`),
  ];
  const problem = async (prompt: TestPrompt, token?: string) => {
    const { status, body } = await render(prompt, {}, token);
    return [status, body.details];
  };
  for (const token of [undefined, alice.key]) {
    expect(await problem(hidden.prompt, token)).toEqual([422, { content: `include not found: ${owner}/${name}` }]);
    expect(await problem(absent.prompt, token)).toEqual([
      422,
      { content: `include not found: ${owner}/nothing-there` },
    ]);
  }
  expect((await render(hidden.prompt, {}, bob.key)).body['text']).toBe('secret');
});

it('refuses to load more than 8 MiB of includes, and to answer with more than 1 MiB', async () => {
  const large = await Promise.all(
    Array.from({ length: 9 }, (_, index) => aTemplate(`{{x}}${'y'.repeat(1_040_000)}${index}`)),
  );
  const all = await aTemplate(large.map(({ prompt }) => referenceTo(prompt)).join(''));
  expect((await render(all.prompt, {})).body.details).toEqual({ content: 'includes more than 8388608 bytes' });
  const { prompt } = await aTemplate('{{x}}{{x}}');
  const { status, body } = await render(prompt, { variables: { x: 'y'.repeat(600_000) } });
  expect([status, body.details]).toEqual([422, { content: expect.stringContaining('1048576 bytes') }]);
});

it('keeps variables that clients fill in themselves', async () => {
  const { prompt } = await aTemplate('{{CURRENT_DATE}} {{name}}');
  expect((await render(prompt, { variables: { name: 'x' }, strict: true })).body['text']).toBe('{{CURRENT_DATE}} x');
  const given = { CURRENT_DATE: '2026-01-01', name: 'x' };
  expect((await render(prompt, { variables: given, strict: true })).body['text']).toBe('2026-01-01 x');
});

it('renders templates with dollar syntax', async () => {
  const { prompt } = await aTemplate('${a} {{a}} $a', { syntax: 'dollar' });
  expect((await render(prompt, { variables: { a: '${a}' } })).body['text']).toBe('${a} {{a}} $a');
});
